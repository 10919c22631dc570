using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Viewport.Windows;

/// <summary>
/// Windows of many traces in flat arrays, trace by trace in the given order: what the benchmark scores and the learned methods train on.
/// </summary>
internal sealed class WindowSet
{
    private readonly float[] past;
    private readonly float[] future;
    private readonly int[] traceOf;
    private readonly int[] startOf;

    private WindowSet(IReadOnlyList<ViewportTrace> traces, WindowOptions options, int capacity)
    {
        Traces = traces;
        Options = options;
        past = new float[capacity * options.History * ViewportRequest.Axes];
        future = new float[capacity * options.Horizon * ViewportRequest.Axes];
        traceOf = new int[capacity];
        startOf = new int[capacity];
    }

    /// <summary>The traces the windows were cut from.</summary>
    public IReadOnlyList<ViewportTrace> Traces { get; }

    /// <summary>How they were cut.</summary>
    public WindowOptions Options { get; }

    /// <summary>Number of windows n.</summary>
    public int Count { get; private set; }

    /// <summary>Windows whose rows span a pause of more than 0.5 s or a time that does not increase; kept or dropped as the policy says.</summary>
    public int WindowsAcrossGaps { get; private set; }

    /// <summary>Traces too short for a single window.</summary>
    public int ShortTraces { get; private set; }

    /// <summary>History of all windows in degrees, [n, H, 3] row-major.</summary>
    public ReadOnlyMemory<float> Past => past.AsMemory(0, Count * Options.History * ViewportRequest.Axes);

    /// <summary>Future of all windows in degrees, [n, F, 3] row-major.</summary>
    public ReadOnlyMemory<float> Future => future.AsMemory(0, Count * Options.Horizon * ViewportRequest.Axes);

    /// <summary>Index into <see cref="Traces"/> of each window.</summary>
    public ReadOnlySpan<int> TraceIndices => traceOf.AsSpan(0, Count);

    /// <summary>Row t of each window: the first future row of its trace.</summary>
    public ReadOnlySpan<int> Starts => startOf.AsSpan(0, Count);

    /// <summary>Cuts traces into windows. A window never crosses traces.</summary>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">See <see cref="WindowOptions.Validate"/>.</exception>
    public static WindowSet Cut(IReadOnlyList<ViewportTrace> traces, WindowOptions options, GapPolicy policy)
    {
        options.Validate();
        var set = new WindowSet(traces, options, traces.Sum(trace => options.CountIn(trace.Length)));
        for (var index = 0; index < traces.Count; index++)
        {
            set.Add(index, policy);
        }

        return set;
    }

    /// <returns>History of one window, [H, 3].</returns>
    public ReadOnlyMemory<float> PastOf(int window)
    {
        var size = Options.History * ViewportRequest.Axes;
        return past.AsMemory(window * size, size);
    }

    /// <returns>Future of one window, [F, 3].</returns>
    public ReadOnlyMemory<float> FutureOf(int window)
    {
        var size = Options.Horizon * ViewportRequest.Axes;
        return future.AsMemory(window * size, size);
    }

    /// <returns>The window's history as a request; it carries nothing of the future.</returns>
    public ViewportRequest RequestOf(int window)
    {
        var trace = Traces[traceOf[window]];
        return new()
        {
            HistoryDegrees = PastOf(window),
            RateHz = trace.RateHz,
            Steps = Options.Horizon,
            LastTimeSeconds = trace.TimesSeconds.Span[startOf[window] - 1],
            WindowSamples = Options.History,
            Dataset = trace.Dataset,
            Video = trace.Video,
        };
    }

    private void Add(int index, GapPolicy policy)
    {
        var trace = Traces[index];
        if (Options.CountIn(trace.Length) == 0)
        {
            ShortTraces++;
            return;
        }

        var lastBreak = LastBreaks(trace.TimesSeconds.Span);
        for (var t = Options.Head; t < trace.Length - Options.Tail; t += Options.Step)
        {
            var isAcrossGap = lastBreak[t + Options.Horizon - 1] > t - Options.History;
            WindowsAcrossGaps += isAcrossGap ? 1 : 0;
            if (!isAcrossGap || policy == GapPolicy.Keep)
            {
                Append(index, t);
            }
        }
    }

    private void Append(int index, int t)
    {
        Copy(Traces[index], t - Options.History, past.AsSpan(PastOffset(Count), PastOffset(1)));
        Copy(Traces[index], t, future.AsSpan(FutureOffset(Count), FutureOffset(1)));
        traceOf[Count] = index;
        startOf[Count] = t;
        Count++;
    }

    private int PastOffset(int window) => window * Options.History * ViewportRequest.Axes;

    private int FutureOffset(int window) => window * Options.Horizon * ViewportRequest.Axes;

    // Per row the last row up to it that follows its predecessor badly; a window is sound when that one is not after the window's first row.
    private static int[] LastBreaks(ReadOnlySpan<double> times)
    {
        var breaks = new int[times.Length];
        for (var row = 1; row < times.Length; row++)
        {
            var pause = times[row] - times[row - 1];
            breaks[row] = pause > 0 && pause <= HistoryGrid.MaximumGapSeconds ? breaks[row - 1] : row;
        }

        return breaks;
    }

    private static void Copy(ViewportTrace trace, int firstRow, Span<float> rows)
    {
        var roll = trace.RollDegrees.Span[firstRow..];
        var pitch = trace.PitchDegrees.Span[firstRow..];
        var yaw = trace.YawDegrees.Span[firstRow..];
        for (int row = 0, at = 0; at < rows.Length; row++, at += ViewportRequest.Axes)
        {
            rows[at] = roll[row];
            rows[at + 1] = pitch[row];
            rows[at + 2] = yaw[row];
        }
    }
}
