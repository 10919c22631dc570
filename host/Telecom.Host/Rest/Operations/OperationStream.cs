using System.Globalization;
using System.Text;

namespace Telecom.Host.Rest.Operations;

/// <summary>Writes the events of an operation as a stream of server-sent events (HTML standard, 9.2), until its last one.</summary>
internal static class OperationStream
{
    /// <summary>Pause after which a comment keeps proxies from closing a silent connection.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <param name="response">Where to write.</param>
    /// <param name="events">What to write.</param>
    /// <param name="after">Id of the last event that the reader has; 0 for none.</param>
    /// <param name="time">Clock of the heartbeat.</param>
    /// <param name="cancellationToken">The reader left, or the host stops.</param>
    public static async Task WriteAsync(
        HttpResponse response, OperationEvents events, long after, TimeProvider time, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";

        // A proxy that collects answers would hold back what is meant for now.
        response.Headers["X-Accel-Buffering"] = "no";
        await response.StartAsync(cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        var next = events.NextAsync(after, cancellationToken);
        while (true)
        {
            if (!await IsReadyAsync(next, time, cancellationToken))
            {
                await response.Body.WriteAsync(": heartbeat\n\n"u8.ToArray(), cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                continue;
            }

            var batch = await next;
            if (batch.Count == 0)
            {
                return;
            }

            foreach (var entry in batch)
            {
                await WriteAsync(response, entry, cancellationToken);
                after = entry.Id;
            }

            await response.Body.FlushAsync(cancellationToken);
            next = events.NextAsync(after, cancellationToken);
        }
    }

    private static async Task<bool> IsReadyAsync(Task next, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(Heartbeat, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task WriteAsync(HttpResponse response, OperationEvent entry, CancellationToken cancellationToken)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"id: {entry.Id}\nevent: {entry.Type}\ndata: ");
        await response.Body.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        await response.Body.WriteAsync(entry.Data, cancellationToken);
        await response.Body.WriteAsync("\n\n"u8.ToArray(), cancellationToken);
    }
}
