using System.Net;

namespace Telecom.Client.OpenInference;

/// <summary>A binary body: the JSON, then the tensors in order. It can be sent again as long as request and JSON live.</summary>
internal sealed class InferenceContent(InferenceRequest request, PooledBytes json) : HttpContent
{
    // Below, one write of everything costs less than several into the stream.
    private const int OnePieceBytes = 32 << 10;

    private readonly long length = json.Length + request.Inputs.Sum(input => (long)input.Bytes);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (length <= OnePieceBytes)
        {
            using var whole = new PooledBytes((int)length);
            Append(whole, json.Span);
            foreach (var input in request.Inputs)
            {
                Append(whole, request.Bytes(input).Span);
            }

            await stream.WriteAsync(whole.Memory, cancellationToken).ConfigureAwait(false);
            return;
        }

        await stream.WriteAsync(json.Memory, cancellationToken).ConfigureAwait(false);
        foreach (var input in request.Inputs)
        {
            await stream.WriteAsync(request.Bytes(input), cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = this.length;
        return true;
    }

    private static void Append(PooledBytes target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target.GetSpan(bytes.Length));
        target.Advance(bytes.Length);
    }
}
