using System.Buffers;
using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Telecom.Host.Rest;

/// <summary>Reads JSON bodies as bytes and writes JSON without building it as text first.</summary>
internal static class JsonBody
{
    /// <summary>Bytes that a body may have.</summary>
    public const int MaximumBytes = 32 << 20;

    /// <summary>Bytes after which the connection is cut instead of answered.</summary>
    public const int DroppedBytes = 4 * MaximumBytes;

    private const int ChunkBytes = 64 << 10;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="BadHttpRequestException">415 for another content type; 413 for a body that is too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        if (!IsJson(request.ContentType))
        {
            throw new BadHttpRequestException(
                $"The body must be JSON: send it with 'Content-Type: {MediaTypeNames.Application.Json}' instead of '{request.ContentType}'.",
                StatusCodes.Status415UnsupportedMediaType);
        }

        // A caller that asks before sending gets his answer before sending.
        if (request.ContentLength > MaximumBytes && request.Headers.Expect.Count > 0)
        {
            throw TooLarge();
        }

        return await ReadAsync(request.Body, (int)Math.Clamp(request.ContentLength ?? 0, 0, MaximumBytes), request.HttpContext.RequestAborted);
    }

    /// <summary>Writes a 200 answer.</summary>
    public static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        // Written in full before the first byte leaves: a failure half-way would otherwise cut a 200 answer short.
        var content = Write(write);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = content.Length;
        await response.Body.WriteAsync(content, response.HttpContext.RequestAborted);
    }

    /// <returns>One document, UTF-8.</returns>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, int expectedBytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(expectedBytes);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long total = 0;
            for (int read; (read = await body.ReadAsync(chunk, cancellationToken)) > 0;)
            {
                total += read;
                if (total <= MaximumBytes)
                {
                    content.Write(chunk, 0, read);
                }
            }

            // Most clients read an answer only after they sent everything: what is too much was read and dropped above.
            return total <= MaximumBytes ? content.GetBuffer().AsMemory(0, (int)content.Length) : throw TooLarge();
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static BadHttpRequestException TooLarge() =>
        new($"The body has more than {MaximumBytes >> 20} MiB: send fewer requests at a time.", StatusCodes.Status413PayloadTooLarge);

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
}
