using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Telecom.Runtime.Plugins;

namespace Telecom.Sdk.Testing;

/// <content>What a host relies on.</content>
public sealed partial class PluginHarness
{
    private static readonly TimeSpan LongestUnloading = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Loads the plugin again and again, lets its tasks answer their examples each time, and requires that nothing of a version is left in memory
    /// once another serves: neither its load context nor an assembly.
    /// </summary>
    /// <param name="rounds">How often, 1 or more; what is held once is held every time, what races with unloading shows after some rounds.</param>
    /// <param name="cancellationToken">Stops between rounds.</param>
    /// <exception cref="PluginTestException">A version stayed in memory; the text names what in its code may hold it.</exception>
    public async Task AssertUnloadsAsync(int rounds = 20, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        for (var round = 1; round <= rounds; round++)
        {
            await AssertExamplesWorkAsync(cancellationToken).ConfigureAwait(false);
            await runtime.PluginService.ReloadAsync(PluginId, null, cancellationToken).ConfigureAwait(false);
            await UnloadedAsync(round, rounds, cancellationToken).ConfigureAwait(false);
        }

        await AssertExamplesWorkAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Requires that answering leaves no tensor behind.</summary>
    /// <param name="predict">One call, e.g. <c>() => harness.PredictAsync("my-task", json)</c>.</param>
    /// <param name="iterations">How often it is called after warming up, 1 or more.</param>
    /// <param name="cancellationToken">Stops between calls.</param>
    /// <exception cref="PluginTestException">There are more live tensors afterwards.</exception>
    public async Task AssertNoTensorLeakAsync(Func<Task> predict, int iterations = 200, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predict);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);

        // What is made once and kept, such as tables, is no leak.
        const int WarmUp = 10;
        await RepeatAsync(predict, WarmUp, cancellationToken).ConfigureAwait(false);
        var before = await runtime.CountLiveTensorsAsync(cancellationToken).ConfigureAwait(false);
        await RepeatAsync(predict, iterations, cancellationToken).ConfigureAwait(false);
        var after = await runtime.CountLiveTensorsAsync(cancellationToken).ConfigureAwait(false);
        if (after > before)
        {
            throw new PluginTestException(
                string.Create(CultureInfo.InvariantCulture, $"{iterations} answers left {after - before} tensors behind ({before} before, {after} after)."),
                $"plugin {PluginId}",
                "Look for tensors that are kept in fields or lists, detached from their dispose scope, or made on another thread.");
        }
    }

    /// <summary>Requires that an answer depends on its own request alone: in one batch with others it is what it is alone.</summary>
    /// <param name="task">Task id.</param>
    /// <param name="requests">Two or more request documents that one batch can hold.</param>
    /// <param name="tolerance">How far numbers a and b may differ, |a − b| ≤ tolerance · max(1, |a|, |b|); platform default 1e-5.</param>
    /// <param name="method">Method id; null for the task's default.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PluginTestException">An answer differs, or the requests never shared a batch, which proves nothing.</exception>
    /// <exception cref="Errors.TelecomException">A request is refused.</exception>
    public async Task AssertBatchInvariantAsync(
        string task, IReadOnlyList<string> requests, double tolerance = 1e-5, string? method = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(requests.Count, 2);
        var alone = new string[requests.Count];
        for (var i = 0; i < alone.Length; i++)
        {
            alone[i] = await PredictAsync(task, requests[i], method, cancellationToken).ConfigureAwait(false);
        }

        var where = $"plugin {PluginId}, task {task}, method {method ?? "(default)"}";
        var executions = runtime.Metrics.Of(task).Executions;
        var together = await PredictTogetherAsync(task, requests, method, cancellationToken).ConfigureAwait(false);
        if (runtime.Metrics.Of(task).Executions - executions >= requests.Count)
        {
            throw new PluginTestException("No two requests shared a batch.", where, "Give requests of equal shape, which the host batches.");
        }

        for (var i = 0; i < alone.Length; i++)
        {
            if (JsonDifference.Find(JsonNode.Parse(alone[i]), JsonNode.Parse(together[i]), tolerance) is { } difference)
            {
                throw new PluginTestException(
                    string.Create(CultureInfo.InvariantCulture, $"Request {i} is answered otherwise in a batch of {requests.Count} than alone: {difference}."),
                    where,
                    "Look for operations over the batch dimension (means, norms, padding without a mask) and for state that one row leaves to the next.");
            }
        }
    }

    private static async Task RepeatAsync(Func<Task> predict, int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await predict().ConfigureAwait(false);
        }
    }

    // All requests wait while the executor is held up; then it finds them at once.
    private async Task<string[]> PredictTogetherAsync(
        string task, IReadOnlyList<string> requests, string? method, CancellationToken cancellationToken)
    {
        using var gate = new ManualResetEventSlim();
        runtime.Executor.Post(gate.Wait);
        try
        {
            var answers = requests.Select(request => PredictAsync(task, request, method, cancellationToken)).ToList();
            var clock = Stopwatch.StartNew();
            while (runtime.Metrics.Of(task).Pending < answers.Count && !answers.Exists(answer => answer.IsCompleted) && clock.Elapsed < LongestUnloading)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }

            gate.Set();
            return await Task.WhenAll(answers).ConfigureAwait(false);
        }
        finally
        {
            gate.Set();
        }
    }

    private async Task UnloadedAsync(int round, int rounds, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var others = runtime.Plugins.Where(plugin => plugin.State != nameof(PluginState.Active)).ToList();
            if (others.Count == 0)
            {
                return;
            }

            if (others.Find(plugin => plugin.State is nameof(PluginState.UnloadPending)) is { } pending)
            {
                throw Stays(round, rounds, pending.Reason!);
            }

            if (clock.Elapsed > LongestUnloading)
            {
                throw Stays(round, rounds, $"It is still {others[0].State} after {LongestUnloading.TotalSeconds} s: one of its calls does not end.");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private PluginTestException Stays(int round, int rounds, string reason) => new(
        string.Create(CultureInfo.InvariantCulture, $"It does not unload (round {round} of {rounds})."),
        $"plugin {PluginId}",
        $"{reason} The analyzers TEL002 to TEL004 find most causes when the plugin is compiled.");
}
