using System.Globalization;
using System.Security.Cryptography;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Sessions;

/// <summary>The sessions of this process. They outlive plugins that are replaced, but not the process.</summary>
internal sealed class SessionStore(SessionLimits limits, TimeProvider time)
{
    /// <summary>What a request names to begin a session.</summary>
    public const string New = "new";

    private const int IdBytes = 16;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Session> sessions = new(StringComparer.Ordinal);
    private DateTimeOffset nextSweep = DateTimeOffset.MinValue;

    /// <summary>The session that a request names.</summary>
    /// <param name="task">Task id.</param>
    /// <param name="name">Id of a session, or <see cref="New"/>.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/>: there is none of that id, any longer; <see cref="ErrorCode.QueueFull"/>: there are too many.
    /// </exception>
    public Session Enter(string task, string name)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            Forget(now);
            var session = name == New ? Begin(task) : sessions.GetValueOrDefault(name);
            if (session is null || session.Task != task || (name != New && IsOver(session, now)))
            {
                throw new TelecomException(
                    ErrorCode.NotFound,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Task '{task}' has no session '{name}', or none any longer: sessions end {limits.IdleTime.TotalMinutes} min after their last request. ")
                    + $"Begin another one with session={New}.");
            }

            session.LastUsed = now;
            return session;
        }
    }

    private Session Begin(string task)
    {
        if (sessions.Count >= limits.MaxSessions)
        {
            throw new TelecomException(
                ErrorCode.QueueFull,
                string.Create(CultureInfo.InvariantCulture, $"{sessions.Count} sessions are open, as many as this host keeps (Sessions:MaxSessions)."));
        }

        var session = new Session(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), task);
        sessions.Add(session.Id, session);
        return session;
    }

    private bool IsOver(Session session, DateTimeOffset now) => now - session.LastUsed > limits.IdleTime;

    // Looking through all of them now and then is enough: what is over counts for nothing meanwhile, unless room is needed.
    private void Forget(DateTimeOffset now)
    {
        if (now < nextSweep && sessions.Count < limits.MaxSessions)
        {
            return;
        }

        nextSweep = now + (limits.IdleTime / 10);
        foreach (var (id, session) in sessions)
        {
            if (IsOver(session, now))
            {
                sessions.Remove(id);
            }
        }
    }
}
