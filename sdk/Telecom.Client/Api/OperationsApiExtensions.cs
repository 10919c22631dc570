using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Follows long work.</summary>
public static class OperationsApiExtensions
{
    // A stream that broke is opened again where it ended; one that breaks again and again without news is given up.
    private const int FruitlessTries = 3;

    /// <summary>Events of an operation until its last one; a broken connection is opened again where it ended.</summary>
    /// <param name="api">The host.</param>
    /// <param name="id">Id of the operation.</param>
    /// <param name="after">Id of the last event that the reader has; 0 for none.</param>
    /// <param name="cancellationToken">Stops following; the work goes on.</param>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is none, or its time is over.</exception>
    /// <exception cref="HttpRequestException">The host is not reached.</exception>
    public static async IAsyncEnumerable<OperationEvent> FollowOperationAsync(
        this IOperationsApi api, string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        var fruitless = 0;
        while (fruitless < FruitlessTries)
        {
            fruitless++;
            var lastEventId = after == 0 ? null : after.ToString(CultureInfo.InvariantCulture);
            using var response = await api.OpenOperationEventsAsync(id, lastEventId, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                yield break;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw await Refusals.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            }

            var events = ReadAsync(response, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (events.ConfigureAwait(false))
            {
                while (await NextAsync(events).ConfigureAwait(false))
                {
                    (after, fruitless) = (events.Current.Id, 0);
                    yield return events.Current;
                    if (events.Current.IsLast)
                    {
                        yield break;
                    }
                }
            }
        }

        throw TelecomApiException.Unreadable($"the events of operation '{id}' end before its last one");
    }

    /// <summary>Waits until an operation ends.</summary>
    /// <param name="api">The host.</param>
    /// <param name="id">Id of the operation.</param>
    /// <param name="progress">Told what happens meanwhile; null for nobody.</param>
    /// <param name="cancellationToken">Stops waiting; the work goes on.</param>
    /// <returns>The operation with its result.</returns>
    /// <exception cref="TelecomApiException">It failed or was cancelled, with the code and the wrong members that a direct answer would have had.</exception>
    public static async Task<OperationInfo> WaitForOperationAsync(
        this IOperationsApi api, string id, IProgress<OperationEvent>? progress, CancellationToken cancellationToken)
    {
        await foreach (var change in api.FollowOperationAsync(id, 0, cancellationToken).ConfigureAwait(false))
        {
            progress?.Report(change);
        }

        var operation = await api.GetOperationAsync(id, cancellationToken).ConfigureAwait(false);
        return operation.Error is { } error
            ? throw new TelecomApiException($"Operation {id} {operation.Status}: {error.Code}: {error.Detail}", null)
            {
                Code = error.Code,
                Detail = error.Detail,
                TraceId = error.TraceId,
                Errors = error.Errors ?? [],
            }
            : operation;
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<OperationEvent> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException and not TelecomApiException)
        {
            return false;
        }
    }

    private static async IAsyncEnumerable<OperationEvent> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var parser = SseParser.Create(stream, static (_, data) => JsonElement.Parse(data));
        await foreach (var item in parser.EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return long.TryParse(parser.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? new(id, item.EventType, item.Data)
                : throw TelecomApiException.Unreadable($"an event has the id '{parser.LastEventId}'");
        }
    }
}
