using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.Idempotency;

/// <summary>A request with an <c>Idempotency-Key</c>, reduced to what tells it from others.</summary>
/// <param name="Key">As the caller sent it.</param>
/// <param name="Id">Digest of caller, address and key.</param>
/// <param name="Fingerprint">Digest of query, content type and body.</param>
internal sealed record IdempotentRequest(string Key, string Id, string Fingerprint)
{
    public const string Header = "Idempotency-Key";

    private const int LongestKey = 255;
    private const int MemoryBytes = 1 << 20;
    private const int ChunkBytes = 64 << 10;

    /// <summary>Reads the whole body, which can be read again afterwards.</summary>
    /// <exception cref="InvalidInputException">The key is none.</exception>
    /// <exception cref="BadHttpRequestException">413: the body is too large.</exception>
    public static async Task<IdempotentRequest> ReadAsync(HttpContext context, IdempotentPost post)
    {
        var request = context.Request;
        var key = ReadKey(request);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = post.MaxBodyBytes;
        }

        request.EnableBuffering(MemoryBytes);
        var id = Digest($"{CallerId.Of(context)}\n{request.Method} {request.Path}\n{key}");
        return new(key, id, await FingerprintAsync(request, context.RequestAborted));
    }

    private static string ReadKey(HttpRequest request) => request.Headers[Header] is [{ Length: > 0 and <= LongestKey } key]
        && key.All(letter => letter is >= ' ' and <= '~')
        ? key
        : throw new InvalidInputException(
            $"/{Header}", FormattableString.Invariant($"must be one text of 1 to {LongestKey} printable ASCII characters, best a new UUID per request."));

    private static async Task<string> FingerprintAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString}\n{request.ContentType}\n"));
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;)
            {
                hash.AppendData(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
