using System.Globalization;
using Telecom.Sdk.Training;

namespace Telecom.Host.Terminal;

/// <summary>Shows progress on standard error: a bar that redraws itself on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ConsoleProgress(Shell shell) : IProgress<ProgressReport>, IDisposable
{
    private const int BarCells = 24;

    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private long lastTime;
    private string? lastStage;
    private int drawnWidth;

    /// <inheritdoc/>
    public void Report(ProgressReport value)
    {
        lock (gate)
        {
            var interval = shell.IsErrorTerminal ? TerminalInterval : LineInterval;
            var now = shell.Time.GetTimestamp();
            if (value.Stage == lastStage && shell.Time.GetElapsedTime(lastTime, now) < interval)
            {
                return;
            }

            lastStage = value.Stage;
            lastTime = now;
            var line = Describe(value);
            if (!shell.IsErrorTerminal)
            {
                shell.Error.WriteLine(line);
                return;
            }

            shell.Error.Write("\r" + line.PadRight(drawnWidth));
            shell.Error.Flush();
            drawnWidth = line.Length;
        }
    }

    /// <summary>Removes the bar, so that what follows begins on a clean line.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (drawnWidth > 0)
            {
                shell.Error.Write("\r" + new string(' ', drawnWidth) + "\r");
                shell.Error.Flush();
                drawnWidth = 0;
            }
        }
    }

    private string Describe(ProgressReport report)
    {
        var detail = report.Detail is { Length: > 0 } text ? "  " + text : string.Empty;
        if (report.Total <= 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{report.Stage}  {report.Done}{detail}");
        }

        var fraction = Math.Clamp((double)report.Done / report.Total, 0, 1);
        var bar = shell.IsErrorTerminal
            ? "[" + new string('#', (int)(fraction * BarCells)).PadRight(BarCells, '.') + "] "
            : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{bar}{100 * fraction,3:0} %  {report.Stage}  {report.Done}/{report.Total}{detail}");
    }
}
