using System.Diagnostics;
using System.Globalization;

namespace Telecom.Benchmarks;

/// <summary>
/// What the host adds to HTTP: the same bodies to a model that copies 1024 numbers and to bare endpoints. Both are asked in turn, round by round, so
/// that whatever else the machine does hits both; the ratio is the median over the rounds.
/// </summary>
internal static class OpenInferenceComparison
{
    public const string Verb = "openinference";

    private const int Clients = 8;
    private const int WarmUpPasses = 60;
    private const int Rounds = 25;
    private const int RequestsPerRound = 200;
    private const int SingleRequests = 1500;

    public static async Task RunAsync()
    {
        await using var host = await ServedHost.StartAsync();
        await using var bare = await BareServer.StartAsync();
        using var bareClient = new HttpClient { BaseAddress = new Uri(bare.Urls.First()) };
        await CompareAsync(new(host.Client), new(bareClient));
    }

    private static async Task CompareAsync(OpenInferenceLoad host, OpenInferenceLoad bare)
    {
        await WarmUpAsync(host, bare);
        foreach (var isBinary in (bool[])[true, false])
        {
            var form = isBinary ? "binary" : "json";
            var rounds = new List<(Cost Host, Cost Bare)>();
            for (var round = 0; round < Rounds; round++)
            {
                var first = round % 2 == 0 ? await RoundAsync(bare.AskBareAsync) : (Cost?)null;
                var own = await RoundAsync(host.AskHostAsync);
                rounds.Add((own, first ?? await RoundAsync(bare.AskBareAsync)));
            }

            const double Requests = Clients * RequestsPerRound;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{form}, {Clients} clients: host {Requests / Median(rounds.Select(round => round.Host.Wall)):F0}/s, " +
                $"bare {Requests / Median(rounds.Select(round => round.Bare.Wall)):F0}/s, host/bare: " +
                $"time {Median(rounds.Select(round => round.Host.Wall / round.Bare.Wall)):F3}, " +
                $"processor time {Median(rounds.Select(round => round.Host.Processor / round.Bare.Processor)):F3}"));

            var (hostTimes, bareTimes) = await SingleAsync(() => host.AskHostAsync(isBinary), () => bare.AskBareAsync(isBinary));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{form}, 1 client: host p50 {Percentile(hostTimes, 0.5):F3} ms p99 {Percentile(hostTimes, 0.99):F3} ms, " +
                $"bare p50 {Percentile(bareTimes, 0.5):F3} ms p99 {Percentile(bareTimes, 0.99):F3} ms"));

            async Task<Cost> RoundAsync(Func<bool, Task> ask)
            {
                var before = Environment.CpuUsage.TotalTime;
                var wall = await OpenInferenceLoad.RunAsync(Clients, RequestsPerRound, () => ask(isBinary));
                return new Cost(wall, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
            }
        }
    }

    // The just-in-time compiler optimises in the background, some time after code became hot: several passes give it that time.
    private static async Task WarmUpAsync(OpenInferenceLoad host, OpenInferenceLoad bare)
    {
        for (var pass = 0; pass < WarmUpPasses; pass++)
        {
            foreach (var isBinary in (bool[])[true, false])
            {
                await OpenInferenceLoad.RunAsync(Clients, 100, () => host.AskHostAsync(isBinary));
                await OpenInferenceLoad.RunAsync(Clients, 100, () => bare.AskBareAsync(isBinary));
            }
        }
    }

    // One request each in turn; milliseconds, in order of size.
    private static async Task<(double[] Host, double[] Bare)> SingleAsync(Func<Task> host, Func<Task> bare)
    {
        var (hostTimes, bareTimes) = (new double[SingleRequests], new double[SingleRequests]);
        for (var i = 0; i < SingleRequests; i++)
        {
            hostTimes[i] = await TimeAsync(host);
            bareTimes[i] = await TimeAsync(bare);
        }

        Array.Sort(hostTimes);
        Array.Sort(bareTimes);
        return (hostTimes, bareTimes);
    }

    private static async Task<double> TimeAsync(Func<Task> ask)
    {
        var began = Stopwatch.GetTimestamp();
        await ask();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Percentile(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static double Median(IEnumerable<double> values) => Percentile([.. values.Order()], 0.5);

    // Seconds of one round on the clock, and of the process with its clients on all processors: the latter hardly depends on other programs.
    private readonly record struct Cost(double Wall, double Processor);
}
