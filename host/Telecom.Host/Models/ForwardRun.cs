using Telecom.Host.Documents;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Generation;
using Telecom.Modeling.Tokens;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Host.Models;

/// <summary>One request of <c>models forward</c>, run on a base; rows of one adapter go through it together. Executor thread only.</summary>
internal static class ForwardRun
{
    /// <param name="model">The base.</param>
    /// <param name="request">Checked against it.</param>
    /// <param name="adapters">By name; every name of the request is there.</param>
    /// <param name="tokenizer">Turns what is generated into text; null where the base has none.</param>
    /// <param name="cancellationToken">Looked at before every generated token.</param>
    public static ForwardDocument Run(
        BaseModel model,
        ForwardRequest request,
        IReadOnlyDictionary<string, Adapter> adapters,
        TextTokenizer? tokenizer,
        CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var groups = Enumerable.Range(0, request.Rows).GroupBy(row => request.Adapters?[row]).Select(group => group.ToArray()).ToArray();
        var segments = groups.Select(rows =>
            Segment(model, request, rows, request.Adapters?[rows[0]] is { } name ? adapters[name] : null)).ToArray();
        using var session = new TokenSession(model, segments, request.Greedy ?? 0);

        // Row i of the request stands at places[i] among the rows of all segments.
        var places = new int[request.Rows];
        foreach (var (row, place) in groups.SelectMany(rows => rows).Select((row, place) => (row, place)))
        {
            places[row] = place;
        }

        T[] InOrder<T>(T[] rows) => [.. places.Select(place => rows[place])];
        var logits = model.Configuration.VocabularySize > 0 ? InOrder(Rows(session.Logits())) : null;
        var hidden = request.WantsHidden
            ? InOrder(session.Hidden.SelectMany(states => Rows(states.flatten(0, 1)).Chunk(request.Length)).ToArray())
            : null;
        var tokens = request.Greedy is { } count ? InOrder(session.Generate(count, cancellationToken)) : null;
        return new ForwardDocument(logits, hidden, tokens)
        {
            InputIds = request.Encoded,
            Text = tokenizer is null || tokens is null ? null : [.. tokens.Select(row => tokenizer.Decode(row.Select(token => (int)token)))],
        };
    }

    private static ForwardSegment Segment(BaseModel model, ForwardRequest request, int[] rows, Adapter? adapter)
    {
        long[] shape = [rows.Length, request.Length];
        var width = model.Configuration.HiddenSize;
        var values = request.Ids is { } ids
            ? model.Embed(tensor(Of(ids, rows, request.Length), shape, device: model.Device), adapter)
            : tensor(Of(request.Embeddings!, rows, request.Length * width), [.. shape, width], device: model.Device);
        var mask = request.Mask is { } real ? tensor(Of(real, rows, request.Length), shape, device: model.Device) : null;
        return new ForwardSegment(new Embeddings(values, mask), adapter)
        {
            PositionIds = request.Positions is { } positions ? tensor(Of(positions, rows, request.Length), shape, device: model.Device) : null,
        };
    }

    private static T[] Of<T>(T[] values, int[] rows, int width) => [.. rows.SelectMany(row => values.AsSpan(row * width, width).ToArray())];

    // [N, width]
    private static float[][] Rows(Tensor matrix) =>
        [.. matrix.cpu().contiguous().data<float>().ToArray().Chunk((int)matrix.shape[1])];
}
