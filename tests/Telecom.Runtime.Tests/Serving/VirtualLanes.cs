using Microsoft.Extensions.Time.Testing;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Tests.Serving;

/// <summary>
/// The real engine on the real executor, under a clock that only the test and the methods move: a batch takes as many milliseconds as it is told to,
/// and requests arrive while it runs.
/// </summary>
internal sealed class VirtualLanes : IAsyncDisposable
{
    // What is due at once would arrive while it is being arranged.
    private const double FirstMs = 1;

    // All times of the cases are multiples of it.
    private const double StepMs = 0.5;

    private readonly ToyHost host;
    private readonly FakeTimeProvider time = new();
    private readonly InferenceEngine engine;
    private readonly Dictionary<string, Lane<ToyRequest, ToyAnswer>> lanes = new(StringComparer.Ordinal);
    private readonly List<(int Id, Task<ToyAnswer[]> Answers)> requests = [];
    private readonly List<string> batches = [];
    private readonly List<ITimer> arrivals = [];
    private readonly double fixedMs;
    private readonly double rowMs;

    private VirtualLanes(ToyHost host, BatchLimits limits, double fixedMs, double rowMs)
    {
        (this.host, this.fixedMs, this.rowMs) = (host, fixedMs, rowMs);
        engine = new InferenceEngine(host.Executor, limits, time);
    }

    /// <summary>What ran, as <c>first ids @ start-end</c> in milliseconds.</summary>
    public IReadOnlyList<string> Batches => batches;

    public ServingCounters Counters => engine.Counters;

    public static async Task<VirtualLanes> StartAsync(BatchLimits limits, double fixedMs = 10, double rowMs = 1) =>
        new(await ToyHost.StartAsync(), limits, fixedMs, rowMs);

    /// <summary>A lane with limits of its own.</summary>
    public Lane<ToyRequest, ToyAnswer> Add(string key, BatchLimits? limits)
    {
        var descriptor = new MethodDescriptor("timed", MethodKind.Analytic, "timed", []);
        return lanes[key] = new(new LoadedModel<ToyRequest, ToyAnswer>(descriptor, new Timed(this)), key) { Limits = limits };
    }

    /// <summary>Makes a request arrive.</summary>
    public void Arrive(
        int id, double atMs, int rows = 1, string key = "a", string? client = "one", double timeoutMs = 1e6, CancellationToken? cancellationToken = null)
    {
        var lane = lanes.GetValueOrDefault(key) ?? Add(key, null);
        arrivals.Add(time.CreateTimer(
            _ => requests.Add((id, engine.SubmitAsync(
                lane,
                [.. Enumerable.Repeat(ToyRequest.Of(id), rows)],
                new Ticket(Deadline.After(TimeSpan.FromMilliseconds(timeoutMs), time), null, client),
                cancellationToken ?? ToyHost.Token))),
            null,
            TimeSpan.FromMilliseconds(FirstMs + atMs),
            Timeout.InfiniteTimeSpan));
    }

    /// <summary>Does something at a time.</summary>
    public void At(double ms, Action action) =>
        arrivals.Add(time.CreateTimer(_ => action(), null, TimeSpan.FromMilliseconds(FirstMs + ms), Timeout.InfiniteTimeSpan));

    /// <summary>Runs until every request is done.</summary>
    /// <returns>Error code by id of those that were not answered.</returns>
    public async Task<Dictionary<int, ErrorCode>> RunAsync(int count)
    {
        while (requests.Count < count || requests.Any(request => !request.Answers.IsCompleted))
        {
            // Everything that is due at one moment arrives before the executor looks: rule 1.
            using (host.PauseExecutor())
            {
                Advance(StepMs);
            }

            await IdleAsync(count + 3);
        }

        var refused = new Dictionary<int, ErrorCode>();
        foreach (var (id, answers) in requests)
        {
            try
            {
                await answers;
            }
            catch (TelecomException exception)
            {
                refused.Add(id, exception.Code);
            }
        }

        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        arrivals.ForEach(timer => timer.Dispose());
        engine.Dispose();
        await host.DisposeAsync();
    }

    // Every hop waits for what was posted before it; a round can post one more.
    private async Task IdleAsync(int hops)
    {
        for (var hop = 0; hop < hops; hop++)
        {
            await host.Executor.RunAsync(static () => { }, ToyHost.Token);
        }
    }

    // Step by step: the fake clock shows the end of an advance to everything that falls due within it.
    private void Advance(double ms)
    {
        for (var passed = 0.0; passed < ms; passed += StepMs)
        {
            time.Advance(TimeSpan.FromMilliseconds(StepMs));
        }
    }

    private double Now => (time.GetUtcNow() - time.Start).TotalMilliseconds - FirstMs;

    private sealed class Timed(VirtualLanes lanes) : IMethod<ToyRequest, ToyAnswer>
    {
        public void Predict(ReadOnlySpan<ToyRequest> batch, Span<ToyAnswer> results)
        {
            var ids = batch.ToArray().Select(request => (int)request.X[0]).ToArray();
            var start = lanes.Now;
            lanes.Advance(lanes.fixedMs + (lanes.rowMs * batch.Length));
            lanes.batches.Add(FormattableString.Invariant($"{string.Join(',', ids.Distinct())} ({batch.Length}) @ {start}-{lanes.Now}"));
            results.Fill(new ToyAnswer { Y = [0] });
        }
    }
}
