using System.Collections.ObjectModel;

namespace Telecom.Sdk.Methods;

/// <summary>
/// Adapter of one method on every targeted linear layer of the base. With the usual method, LoRA: y = W0 x + (alpha / rank) B A dropout(x).
/// </summary>
public sealed record AdapterOptions
{
    /// <summary>
    /// Name of the adapter method, e.g. <c>lora</c>, <c>dora</c> or <c>shira</c>; the host refuses a name that it does not know and lists those it
    /// knows.
    /// </summary>
    public string Method { get; init; } = "lora";

    /// <summary>Numbers that shape the method beside rank and alpha, by name; what is left out has the method's usual value.</summary>
    public IReadOnlyDictionary<string, double> MethodOptions { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Rank r of every target.</summary>
    public int Rank { get; init; } = 32;

    /// <summary>Numerator of the scale alpha / r.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Dropout on the adapter's input while training.</summary>
    public double Dropout { get; init; } = 0.05;

    /// <summary>
    /// Learning rate of B as a multiple of that of A (LoRA+, Hayou et al. 2024), in (0, 1000]; 1 is plain LoRA. Methods without B ignore it.
    /// </summary>
    public double LearningRateRatio { get; init; } = 1;

    /// <summary>Module names that are adapted in every layer.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "v_proj"];
}
