using System.Diagnostics;
using Telecom.Modeling.Execution;
using Telecom.Sdk.Native;
using static TorchSharp.torch;

namespace Telecom.GpuCheck;

/// <summary>The device under test and the rows found so far.</summary>
internal sealed class CheckContext(CheckOptions options, DeviceExecutor executor, NativeRuntimeOptions native)
{
    private const int Warmups = 3;
    private const int FewestRuns = 5;
    private const int MostRuns = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly List<CheckRow> rows = [];
    private string check = "";

    public CheckOptions Options => options;

    public DeviceExecutor Executor => executor;

    public NativeRuntimeOptions Native => native;

    public Device Device => executor.Device;

    public IReadOnlyList<CheckRow> Rows => rows;

    /// <summary>Runs a check; what it throws becomes a failed row.</summary>
    public async Task RunAsync(ICheck work)
    {
        check = work.Name;
        try
        {
            await work.RunAsync(this);
        }
#pragma warning disable CA1031 // A check that breaks is a finding; the others go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            rows.Add(new CheckRow(check, "completes", "failed", Note: exception.Message.ReplaceLineEndings(" ")));
        }
    }

    /// <summary>Adds a value that may not exceed a limit.</summary>
    public void AtMost(string @case, double value, double limit, string? unit = null) =>
        rows.Add(new CheckRow(check, @case, value <= limit ? "passed" : "failed", value, limit, unit));

    /// <summary>Adds a value that has to reach a limit on a GPU, and is only told elsewhere.</summary>
    public void AtLeastOnGpu(string @case, double value, double limit, string? unit = null) =>
        rows.Add(new CheckRow(check, @case, !options.IsCuda ? "measured" : value >= limit ? "passed" : "failed", value, limit, unit));

    /// <summary>Adds a value without a limit.</summary>
    public void Measured(string @case, double value, string unit, string? note = null) => rows.Add(new CheckRow(check, @case, "measured", value, Unit: unit, Note: note));

    /// <summary>Adds a yes or no.</summary>
    public void Holds(string @case, bool holds, string? note = null) => rows.Add(new CheckRow(check, @case, holds ? "passed" : "failed", Note: note));

    /// <summary>Adds what was left out.</summary>
    public void NotRun(string @case, string reason) => rows.Add(new CheckRow(check, @case, "not run", Note: reason));

    /// <summary>Runs tensor work on the executor thread, without gradients, in a scope of its own.</summary>
    public Task OnDeviceAsync(Action work) => executor.RunAsync(
        () =>
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            work();
        },
        CancellationToken.None);

    /// <summary>Median time of some work, each run waited for. Executor thread only.</summary>
    /// <returns>Milliseconds.</returns>
    public double MedianMilliseconds(Action work)
    {
        var (times, began) = (new List<double>(), Stopwatch.GetTimestamp());
        for (var run = 0; run < Warmups + MostRuns && (times.Count < FewestRuns || Stopwatch.GetElapsedTime(began) < Patience); run++)
        {
            var milliseconds = Once(work);
            if (run >= Warmups)
            {
                times.Add(milliseconds);
            }
        }

        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>Median of how long one piece of work takes relative to another, run in turn so that both see the same machine. Executor thread only.</summary>
    public double MedianRatio(Action work, Action other)
    {
        var ratios = new List<double>();
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < Warmups + MostRuns && (ratios.Count < FewestRuns || Stopwatch.GetElapsedTime(began) < 2 * Patience); round++)
        {
            var ratio = Once(work) / Once(other);
            if (round >= Warmups)
            {
                ratios.Add(ratio);
            }
        }

        ratios.Sort();
        return ratios[ratios.Count / 2];
    }

    /// <summary>Waits for what the device still has to do.</summary>
    public void Synchronize()
    {
        if (options.IsCuda)
        {
            cuda.synchronize();
        }
    }

    private double Once(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        using (NewDisposeScope())
        {
            work();
        }

        Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
