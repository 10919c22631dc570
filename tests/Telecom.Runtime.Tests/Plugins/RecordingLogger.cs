using Microsoft.Extensions.Logging;

namespace Telecom.Runtime.Tests.Plugins;

internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly Lock gate = new();
    private readonly List<(LogLevel Level, EventId Id, string Text)> entries = [];

    public IReadOnlyList<(LogLevel Level, EventId Id, string Text)> Entries => entries;

    /// <summary>Called for every entry, one at a time.</summary>
    public Action? Logged { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (gate)
        {
            entries.Add((logLevel, eventId, formatter(state, exception)));
            Logged?.Invoke();
        }
    }
}
