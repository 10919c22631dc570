using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Mixtures;

/// <summary>How the experts of a mixture share the tokens, given each token's probabilities p = softmax(W_g x).</summary>
internal interface ITokenRouting
{
    /// <summary>Name of the method.</summary>
    string Name { get; }

    /// <summary>The numbers that shape it, by name.</summary>
    IReadOnlyDictionary<string, double> Options { get; }

    /// <param name="probabilities">[N, E].</param>
    /// <returns>Weight of every expert for every token, zero where it does not take part. [N, E]</returns>
    Tensor Weights(Tensor probabilities);

    /// <summary>What the router adds to the training loss.</summary>
    /// <param name="probabilities">[N, E], real tokens only.</param>
    /// <param name="weights">[N, E], as <see cref="Weights"/> gave them.</param>
    /// <returns>One number.</returns>
    Tensor Loss(Tensor probabilities, Tensor weights);
}
