using System.Globalization;
using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>The body of an inference request as it came.</summary>
internal static class InferenceBody
{
    /// <summary>Header with the number of bytes of the JSON before the bytes of the tensors.</summary>
    public const string JsonLength = "Inference-Header-Content-Length";

    private const int SmallestBuffer = 4 << 10;

    // A length is believed as far as this; a caller who announces more gets it as he sends it.
    private const int LargestFirstBuffer = 1 << 20;

    /// <exception cref="BadHttpRequestException">415 for another content type or encoding; 413 for a body that is too large.</exception>
    public static async ValueTask<PooledBuffer> ReadAsync(HttpRequest request)
    {
        CheckType(request);
        if (request.ContentLength > JsonBody.MaximumBytes && request.Headers.Expect.Count > 0)
        {
            throw TooLarge();
        }

        // One byte more than announced, so that the read that finds the end needs no larger buffer.
        var buffer = new PooledBuffer((int)Math.Clamp((request.ContentLength ?? 0) + 1, SmallestBuffer, LargestFirstBuffer));
        try
        {
            await ReadAsync(request.Body, buffer, request.HttpContext.RequestAborted);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <returns>Bytes of the JSON; null when the body is JSON alone.</returns>
    /// <exception cref="BadHttpRequestException">400: no number, or more than the body has.</exception>
    public static int? ReadJsonLength(HttpRequest request, int bodyBytes)
    {
        if (!request.Headers.TryGetValue(JsonLength, out var header))
        {
            return null;
        }

        return int.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= bodyBytes
            ? length
            : throw new BadHttpRequestException(
                string.Create(CultureInfo.InvariantCulture, $"{JsonLength} is '{header}', but must be a number from 0 to the {bodyBytes} bytes of the body."));
    }

    private static async Task ReadAsync(Stream body, PooledBuffer buffer, CancellationToken cancellationToken)
    {
        try
        {
            var isTooLarge = false;
            for (int read; (read = await body.ReadAsync(buffer.GetMemory(), cancellationToken)) > 0;)
            {
                buffer.Advance(read);
                if (isTooLarge || buffer.Length > JsonBody.MaximumBytes)
                {
                    // Most clients read an answer only after they sent everything: the rest is read and dropped.
                    isTooLarge = true;
                    buffer.Clear();
                }
            }

            if (isTooLarge)
            {
                throw TooLarge();
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
    }

    private static void CheckType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is [{ } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"The content encoding '{encoding}' is not supported: send the body as it is.", StatusCodes.Status415UnsupportedMediaType);
        }

        // Clients of the protocol send tensors as octets, and some send no type at all.
        var type = request.ContentType;
        if (!string.IsNullOrEmpty(type)
            && !type.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            && !type.Equals(MediaTypeNames.Application.Octet, StringComparison.OrdinalIgnoreCase)
            && !IsKnown(type))
        {
            throw new BadHttpRequestException(
                $"The body must be {MediaTypeNames.Application.Json}, or {MediaTypeNames.Application.Octet} with binary tensors, instead of '{type}'.",
                StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static bool IsKnown(string type) =>
        MediaTypeHeaderValue.TryParse(type, out var parsed)
        && (parsed.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || parsed.MediaType.Equals(MediaTypeNames.Application.Octet, StringComparison.OrdinalIgnoreCase)
            || parsed.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    private static BadHttpRequestException TooLarge() =>
        new($"The body has more than {JsonBody.MaximumBytes >> 20} MiB: send fewer rows at a time.", StatusCodes.Status413PayloadTooLarge);
}
