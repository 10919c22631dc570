using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Telecom.Benchmarks;

/// <summary>
/// What a plugin that throws costs the others: the times of one task while another plugin is asked as often, and answers, or throws, is put into
/// quarantine and goes on being asked. Windows alternate, and the quarantine is cleared before each, so that whatever else the machine does hits both.
/// </summary>
internal static class QuarantineComparison
{
    public const string Verb = "quarantine";

    private const int Rounds = 20;
    private const int Requests = 400;

    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync()
    {
        await using var host = await ServedHost.StartAsync();
        await MeasureAsync(host, isFailing: true);
        var (healthy, failing) = (new List<double[]>(), new List<double[]>());
        for (var round = 0; round < Rounds; round++)
        {
            healthy.Add(await MeasureAsync(host, isFailing: false));
            failing.Add(await MeasureAsync(host, isFailing: true));
        }

        foreach (var (name, share) in ((string, double)[])[("p50", 0.5), ("p99", 0.99)])
        {
            var (one, other) = (Median(healthy, share), Median(failing, share));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name}: beside a healthy plugin {one:F3} ms, beside one in quarantine {other:F3} ms, ratio {other / one:F3}"));
        }
    }

    // Milliseconds per request of the good task, in order of size.
    private static async Task<double[]> MeasureAsync(ServedHost host, bool isFailing)
    {
        using var stop = new CancellationTokenSource();
        await host.Runtime.PluginService.ClearQuarantineAsync("faulty", null, stop.Token);
        var other = AskOtherAsync(host.Client, isFailing ? "throw" : "good", stop.Token);
        var times = new double[Requests];
        for (var i = 0; i < Requests; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await PostAsync(host.Client, "/v2/models/fixture.affine/infer", """{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}""");
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            await Task.Delay(Apart, CancellationToken.None);
        }

        await stop.CancelAsync();
        await other;
        Array.Sort(times);
        return times;
    }

    private static async Task AskOtherAsync(HttpClient client, string mood, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await PostAsync(client, "/api/v1/tasks/faulty/predictions", $$"""{"mood":"{{mood}}"}""");
            await Task.Delay(Apart, CancellationToken.None);
        }
    }

    private static async Task PostAsync(HttpClient client, string address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(address, UriKind.Relative), content);
        await response.Content.ReadAsByteArrayAsync();
    }

    private static double Median(List<double[]> windows, double share)
    {
        var values = windows.Select(window => window[(int)(share * (window.Length - 1))]).Order().ToArray();
        return values[values.Length / 2];
    }
}
