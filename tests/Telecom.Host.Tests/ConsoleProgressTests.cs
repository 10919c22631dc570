using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Terminal;

namespace Telecom.Host.Tests;

public sealed class ConsoleProgressTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly StringWriter error = new() { NewLine = "\n" };

    [Fact]
    public void Without_a_terminal_there_is_a_line_per_stage_and_every_five_seconds()
    {
        using var progress = new ConsoleProgress(Shell(isTerminal: false));

        progress.Report(new("reading", 1, 0));
        progress.Report(new("reading", 2, 0));
        time.Advance(4.9);
        progress.Report(new("reading", 3, 0));
        time.Advance(0.1);
        progress.Report(new("reading", 4, 0, "loss 0.5"));
        progress.Report(new("scoring", 1, 4));

        Assert.Equal("reading  1\nreading  4  loss 0.5\n 25 %  scoring  1/4\n", error.ToString());
    }

    [Fact]
    public void On_a_terminal_one_line_is_redrawn_and_removed_at_the_end()
    {
        using (var progress = new ConsoleProgress(Shell(isTerminal: true)))
        {
            progress.Report(new("scoring", 1, 2, "long detail"));
            time.Advance(0.2);
            progress.Report(new("scoring", 2, 2));
        }

        var full = "[############............]  50 %  scoring  1/2  long detail";
        var last = "[########################] 100 %  scoring  2/2";
        Assert.Equal($"\r{full}\r{last.PadRight(full.Length)}\r{new string(' ', last.Length)}\r", error.ToString());
    }

    public void Dispose() => error.Dispose();

    private Shell Shell(bool isTerminal) => new()
    {
        Output = TextWriter.Null,
        Error = error,
        OpenInput = () => Stream.Null,
        IsOutputTerminal = false,
        IsErrorTerminal = isTerminal,
        Time = time,
        CreateLoggers = _ => NullLoggerFactory.Instance,
        StartRuntime = (_, _, _, _) => throw new NotSupportedException(),
        FirstPartyPlugins = string.Empty,
    };

    private sealed class ManualTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(double seconds) => ticks += TimeSpan.FromSeconds(seconds).Ticks;
    }
}
