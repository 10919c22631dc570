using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Requests that every task answers at the moment; one task that many ask leaves the host to the others.</summary>
internal sealed class TaskPlaces(AccessSettings settings)
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> busy = new(StringComparer.Ordinal);

    /// <summary>Takes a place.</summary>
    /// <param name="task">Id of a task that exists.</param>
    /// <returns>Gives the place back.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.RateLimited"/>: all are taken.</exception>
    public Place Enter(string task)
    {
        var count = busy.GetOrAdd(task, static _ => new());
        if (Interlocked.Increment(ref count.Value) <= settings.RequestsPerTask)
        {
            return new(count);
        }

        Interlocked.Decrement(ref count.Value);
        throw new TelecomException(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"The task '{task}' answers {settings.RequestsPerTask} requests at the moment, its limit: try again."));
    }

    /// <summary>One place.</summary>
    public readonly struct Place(StrongBox<int> count) : IDisposable
    {
        /// <summary>Gives it back.</summary>
        public void Dispose() => Interlocked.Decrement(ref count.Value);
    }
}
