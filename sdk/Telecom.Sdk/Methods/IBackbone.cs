using TorchSharp;

namespace Telecom.Sdk.Methods;

/// <summary>The shared base as one method sees it: frozen, causal, with that method's adapter attached.</summary>
public interface IBackbone
{
    /// <summary>Hidden size d.</summary>
    int Width { get; }

    /// <summary>One causal forward.</summary>
    /// <param name="tokens">[B, T, d] and an optional mask.</param>
    /// <returns>Final-norm hidden states [B, T, d]; the caller disposes.</returns>
    torch.Tensor Forward(Embeddings tokens);
}
