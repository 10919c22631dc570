using System.Collections.Concurrent;

namespace Telecom.Host.Predictions;

/// <summary>Knows from earlier arrays how long an array takes at least, so that nobody is kept waiting for what takes long. Safe to call from any thread.</summary>
/// <param name="patience">How long a caller is kept waiting who does not say how long he waits.</param>
internal sealed class PredictionPace(TimeSpan patience)
{
    /// <summary>How long a caller is kept waiting by default.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(2);

    // Smaller arrays say more about waiting and starting up than about rows.
    private const int TellingRows = 32;

    // A machine that got slower is believed after some arrays, a faster one at once.
    private const double Forgetting = 1.05;

    private readonly ConcurrentDictionary<(string Task, string Method), double> secondsPerRow = new();

    /// <summary>Whether an array takes longer than its caller waits, even at the best pace seen.</summary>
    /// <param name="task">Task id.</param>
    /// <param name="method">Method id.</param>
    /// <param name="rows">Rows of the array.</param>
    /// <param name="wait">How long its caller waits; null where he does not say.</param>
    public bool IsTooLong(string task, string method, int rows, TimeSpan? wait) =>
        secondsPerRow.TryGetValue((task, method), out var seconds) && rows * seconds > (wait ?? patience).TotalSeconds;

    /// <summary>Learns from an array that was answered.</summary>
    public void Observe(string task, string method, int rows, TimeSpan elapsed)
    {
        if (rows < TellingRows)
        {
            return;
        }

        var seconds = elapsed.TotalSeconds / rows;
        secondsPerRow.AddOrUpdate((task, method), seconds, (_, known) => Math.Min(known * Forgetting, seconds));
    }
}
