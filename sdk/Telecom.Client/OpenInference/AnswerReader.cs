using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Telecom.Client.OpenInference;

/// <summary>Reads answers in either form.</summary>
internal static class AnswerReader
{
    private const int ExpectedBytes = 4 << 10;
    private const int MostJsonBytes = 1 << 30;

    /// <summary>Reads an answer whose head has arrived.</summary>
    /// <exception cref="TelecomApiException">The answer breaks the protocol.</exception>
    public static async Task<InferenceResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var jsonBytes = JsonBytes(response);
            using var json = new PooledBytes(jsonBytes ?? (int)Math.Min(response.Content.Headers.ContentLength ?? ExpectedBytes, ExpectedBytes * 1024));
            await FillAsync(stream, json, jsonBytes, cancellationToken).ConfigureAwait(false);
            var result = new InferenceResult();
            try
            {
                var claims = AnswerJson.Read(json.Span, result);
                foreach (var claim in claims)
                {
                    await ReadTensorAsync(stream, result, claim, cancellationToken).ConfigureAwait(false);
                }

                await RequireEndAsync(stream, claims.Count > 0, cancellationToken).ConfigureAwait(false);
                return result;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or EndOfStreamException)
            {
                result.Dispose();
                throw TelecomApiException.Unreadable(exception.Message, response.StatusCode, exception);
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }
    }

    // A tensor is read into memory of its own, which its elements may be read from in place.
    private static async Task ReadTensorAsync(Stream stream, InferenceResult result, TensorClaim claim, CancellationToken cancellationToken)
    {
        var bytes = new PooledBytes(claim.Bytes);
        result.Add(claim.Position, claim.Name, claim.DataType, claim.Shape, bytes);
        await stream.ReadExactlyAsync(bytes.GetMemory(claim.Bytes)[..claim.Bytes], cancellationToken).ConfigureAwait(false);
        bytes.Advance(claim.Bytes);
        if (claim.DataType == TensorDataType.Bytes)
        {
            Blobs.Check(bytes.Span, claim.Elements, claim.Name);
        }
        else
        {
            DataTypes.Swap(bytes.Span, claim.DataType.ElementBytes());
        }
    }

    private static int? JsonBytes(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(RequestWriter.JsonLength, out var values))
        {
            return null;
        }

        var text = values.First();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes <= MostJsonBytes
            ? bytes
            : throw TelecomApiException.Unreadable($"the header {RequestWriter.JsonLength} is '{text}'", response.StatusCode);
    }

    private static async Task FillAsync(Stream stream, PooledBytes target, int? count, CancellationToken cancellationToken)
    {
        while (count is null || target.Length < count)
        {
            var place = target.GetMemory(ExpectedBytes);
            place = count is { } all ? place[..Math.Min(place.Length, all - target.Length)] : place;
            var read = await stream.ReadAsync(place, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            target.Advance(read);
        }
    }

    private static async Task RequireEndAsync(Stream stream, bool isBinary, CancellationToken cancellationToken)
    {
        if (!isBinary)
        {
            return;
        }

        var rest = ArrayPool<byte>.Shared.Rent(1);
        try
        {
            if (await stream.ReadAsync(rest.AsMemory(0, 1), cancellationToken).ConfigureAwait(false) != 0)
            {
                throw TelecomApiException.Unreadable("there are bytes after the last tensor");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }
    }
}
