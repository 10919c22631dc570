using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Telecom.Client.OpenInference;

namespace Telecom.Client;

/// <summary>Turns refusals on the wire into exceptions.</summary>
internal static class Refusals
{
    // What a refusal says fits well; more is not from a Telecom host.
    private const int MostBytes = 256 << 10;

    /// <summary>Reads a refusal of the native API.</summary>
    public static async Task<TelecomApiException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        var problem = Parse(body, ClientJson.Default.ProblemDocument);
        return Create(response, problem?.Detail ?? problem?.Title, problem?.Code, problem?.TraceId, problem?.Errors);
    }

    /// <summary>Reads a refusal of the Open Inference Protocol; a proxy or a host may also answer with a problem document.</summary>
    public static async Task<TelecomApiException> ReadOpenInferenceAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        if (Parse(body, OpenInferenceJson.Default.RefusalDocument) is { Error: { } error })
        {
            return Create(response, error, null, null, null);
        }

        var problem = Parse(body, ClientJson.Default.ProblemDocument);
        return Create(response, problem?.Detail ?? problem?.Title, problem?.Code, problem?.TraceId, problem?.Errors);
    }

    /// <summary>What <c>Retry-After</c> asks for, in either of its forms; null without one.</summary>
    public static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static TelecomApiException Create(
        HttpResponseMessage response, string? detail, string? code, string? traceId, IReadOnlyList<FieldError>? errors)
    {
        var what = detail ?? response.ReasonPhrase ?? "no reason given";
        var request = response.RequestMessage;
        var where = errors is { Count: > 0 } ? $" [{string.Join("; ", errors.Select(error => $"{error.Pointer} {error.Detail}"))}]" : string.Empty;
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"{request?.Method} {request?.RequestUri?.AbsolutePath}: {(int)response.StatusCode}{(code is null ? string.Empty : $" {code}")}: {what}{where}");
        return new(message, response.StatusCode)
        {
            Code = code,
            Detail = what,
            TraceId = traceId,
            Errors = errors ?? [],
            RetryAfter = RetryAfter(response.Headers.RetryAfter, response.Headers.Date ?? DateTimeOffset.MinValue),
        };
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var body = new ArrayBufferWriter<byte>(4 << 10);
            while (body.WrittenCount < MostBytes)
            {
                var read = await stream.ReadAsync(body.GetMemory(4 << 10), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                body.Advance(read);
            }

            return body.WrittenMemory;
        }
    }

    private static T? Parse<T>(ReadOnlyMemory<byte> body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> info)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, info);
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing: the status says what there is to say.
            return null;
        }
    }
}
