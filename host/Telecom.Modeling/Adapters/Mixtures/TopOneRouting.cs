using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Mixtures;

/// <summary>
/// LLaVA-MoLE (Chen et al. 2024): every token goes to its most probable expert, y += p ΔW x; the loss is that of the Switch transformer
/// (Fedus et al. 2021), E Σ f_e P_e with f_e the share of tokens of expert e and P_e its mean probability.
/// </summary>
/// <remarks>The factor p is this project's: without it the router would learn from the balance loss only.</remarks>
/// <param name="balance">Coefficient of the balance loss.</param>
internal sealed class TopOneRouting(double balance = TopOneRouting.UsualBalance) : ITokenRouting
{
    public const double UsualBalance = 1e-2;
    public const string BalanceOption = "balance-loss";

    public string Name => "llava-mole";

    public IReadOnlyDictionary<string, double> Options { get; } = new Dictionary<string, double> { [BalanceOption] = balance };

    public Tensor Weights(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        return probabilities.mul(Chosen(probabilities)).MoveToOuterDisposeScope();
    }

    public Tensor Loss(Tensor probabilities, Tensor weights)
    {
        using var scope = NewDisposeScope();
        return BalanceLoss(probabilities).Times(balance).MoveToOuterDisposeScope();
    }

    /// <summary>E Σ_e f_e P_e; one when all experts get the same.</summary>
    /// <param name="probabilities">[N, E].</param>
    public static Tensor BalanceLoss(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var share = Chosen(probabilities).mean([0]);
        return share.mul(probabilities.mean([0])).sum().Times((double)probabilities.shape[1]).MoveToOuterDisposeScope();
    }

    // One at the most probable expert of each token, the first among equals.
    private static Tensor Chosen(Tensor probabilities) =>
        KeptScalars.Range(0, probabilities.shape[1], probabilities.device).eq(probabilities.detach().argmax(1, keepdim: true)).to(probabilities.dtype);
}
