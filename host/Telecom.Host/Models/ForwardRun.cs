using Telecom.Host.Documents;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Generation;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Host.Models;

/// <summary>One request of <c>models forward</c>, run on a base. Executor thread only.</summary>
internal static class ForwardRun
{
    public static ForwardDocument Run(BaseModel model, ForwardRequest request, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var session = new TokenSession(model, [Segment(model, request)], request.Greedy ?? 0);
        var logits = model.Configuration.VocabularySize > 0 ? Rows(session.Logits()) : null;
        var hidden = request.WantsHidden ? Rows(session.Hidden[0].flatten(0, 1)).Chunk(request.Length).ToArray() : null;
        var tokens = request.Greedy is { } count ? session.Generate(count, cancellationToken) : null;
        return new ForwardDocument(logits, hidden, tokens);
    }

    private static ForwardSegment Segment(BaseModel model, ForwardRequest request)
    {
        long[] shape = [request.Rows, request.Length];
        var values = request.Ids is { } ids
            ? model.Embed(tensor(ids, shape, device: model.Device))
            : tensor(request.Embeddings!, [.. shape, model.Configuration.HiddenSize], device: model.Device);
        var mask = request.Mask is { } real ? tensor(real, shape, device: model.Device) : null;
        return new ForwardSegment(new Embeddings(values, mask), null)
        {
            PositionIds = request.Positions is { } positions ? tensor(positions, shape, device: model.Device) : null,
        };
    }

    // [N, width]
    private static float[][] Rows(Tensor matrix) =>
        [.. matrix.cpu().contiguous().data<float>().ToArray().Chunk((int)matrix.shape[1])];
}
