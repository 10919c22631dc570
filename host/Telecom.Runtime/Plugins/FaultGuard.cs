using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Takes a plugin version out of service when its own code fails too often: 5 faults within 60 s, or 3 timeouts in a row. After 60 s one request may
/// try again; each failure doubles the wait, up to an hour (platform.md 6). Safe to call from any thread.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="changed">Told the reason when the plugin goes into quarantine; told null when it serves again.</param>
internal sealed class FaultGuard(TimeProvider time, Action<string?> changed)
{
    private const int MaxFaults = 5;
    private const int MaxTimeouts = 3;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Queue<DateTimeOffset> faults = new();
    private WeakReference? lastFault;
    private int timeouts;
    private int level;
    private bool isOpen;
    private bool isProbing;
    private DateTimeOffset probeAt;
    private DateTimeOffset closedAt = DateTimeOffset.MinValue;
    private string reason = string.Empty;

    /// <summary>How often quarantine followed quarantine; 0 while all is well.</summary>
    public int Level
    {
        get
        {
            lock (gate)
            {
                return level;
            }
        }
    }

    /// <summary>Asks for leave to run one request.</summary>
    /// <returns>Whether the request is the one that tries whether the plugin works again.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginUnavailable"/>, with the time until the next trial.</exception>
    public bool Enter()
    {
        lock (gate)
        {
            if (!isOpen)
            {
                return false;
            }

            var wait = probeAt - time.GetUtcNow();
            if (isProbing || wait > TimeSpan.Zero)
            {
                var when = isProbing ? "is under way" : string.Create(CultureInfo.InvariantCulture, $"is due in {Math.Ceiling(wait.TotalSeconds)} s");
                throw new TelecomException(
                    ErrorCode.PluginUnavailable, $"The plugin is in quarantine: {reason} The next trial {when}; an operator can clear it at once.");
            }

            isProbing = true;
            return true;
        }
    }

    /// <summary>A request was answered.</summary>
    public void Succeed(bool isProbe)
    {
        lock (gate)
        {
            timeouts = 0;
            if (!isProbe || !isOpen)
            {
                return;
            }
        }

        Close(resetsLevel: false);
    }

    /// <summary>The plugin's own code failed. A failure that several rows of a batch share counts once.</summary>
    public void Fault(Exception failure, bool isProbe)
    {
        string? opened = null;
        lock (gate)
        {
            if (!isProbe && (isOpen || ReferenceEquals(lastFault?.Target, failure)))
            {
                return;
            }

            lastFault = new(failure);
            var now = time.GetUtcNow();
            faults.Enqueue(now);
            while (faults.TryPeek(out var oldest) && now - oldest > Window)
            {
                faults.Dequeue();
            }

            if (isProbe || faults.Count >= MaxFaults)
            {
                opened = isProbe
                    ? $"the trial failed: {failure.Message}"
                    : string.Create(CultureInfo.InvariantCulture, $"its code failed {faults.Count} times within 60 s, last: {failure.Message}");
                Open(now, opened);
            }
        }

        Report(opened);
    }

    /// <summary>A call of the plugin took longer than it may.</summary>
    public void TimeOut(bool isProbe)
    {
        string? opened = null;
        lock (gate)
        {
            if (isOpen && !isProbe)
            {
                return;
            }

            timeouts++;
            if (isProbe || timeouts >= MaxTimeouts)
            {
                opened = isProbe
                    ? "the trial took too long."
                    : string.Create(CultureInfo.InvariantCulture, $"its code took too long {timeouts} times in a row.");
                Open(time.GetUtcNow(), opened);
            }
        }

        Report(opened);
    }

    /// <summary>A request ended without saying anything about the plugin: its input was wrong, or its caller left.</summary>
    public void Abandon(bool isProbe)
    {
        lock (gate)
        {
            isProbing &= !isProbe;
        }
    }

    /// <summary>Starts in quarantine, because of what happened before.</summary>
    /// <param name="cause">What happened.</param>
    /// <param name="earlier">How often quarantine followed quarantine before.</param>
    public void Begin(string cause, int earlier)
    {
        lock (gate)
        {
            level = earlier;
            Open(time.GetUtcNow(), cause);
        }
    }

    /// <summary>Serves again at once; what was counted is forgotten.</summary>
    public void Clear() => Close(resetsLevel: true);

    private void Open(DateTimeOffset now, string cause)
    {
        // Trouble soon after a trial that went well is the old trouble; later it is new.
        if (!isOpen && closedAt != DateTimeOffset.MinValue && now - closedAt > Window)
        {
            level = 0;
        }

        var wait = Math.Min(FirstWait.TotalSeconds * Math.Pow(2, level), LongestWait.TotalSeconds);
        level++;
        isOpen = true;
        isProbing = false;
        faults.Clear();
        timeouts = 0;
        probeAt = now + TimeSpan.FromSeconds(wait);
        reason = cause;
    }

    private void Close(bool resetsLevel)
    {
        lock (gate)
        {
            if (!isOpen)
            {
                return;
            }

            isOpen = false;
            isProbing = false;
            closedAt = time.GetUtcNow();
            faults.Clear();
            timeouts = 0;
            level = resetsLevel ? 0 : level;
        }

        changed(null);
    }

    private void Report(string? opened)
    {
        if (opened is not null)
        {
            changed(opened);
        }
    }
}
