using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;

namespace Telecom.Runtime.Bases;

/// <summary>A base as the host names it; <c>none</c> is a base too, one that passes embeddings straight to the head.</summary>
/// <param name="Name">Name for cards and answers.</param>
/// <param name="Width">Hidden size d.</param>
/// <param name="Model">The transformer; null for <c>none</c>.</param>
public sealed record SharedBase(string Name, int Width, BaseModel? Model) : IDisposable
{
    /// <summary>Name of the base that does nothing.</summary>
    public const string NoneName = "none";

    /// <summary>Fingerprint of the weights; null for <c>none</c>.</summary>
    public string? Fingerprint => Model?.Fingerprint;

    /// <summary>The base as a method's training sees it.</summary>
    public IBackbone Backbone(Adapter? adapter) => Model is null ? new NoBackbone(Width) : new AdaptedBackbone(Model, adapter);

    /// <inheritdoc/>
    public void Dispose() => Model?.Dispose();
}
