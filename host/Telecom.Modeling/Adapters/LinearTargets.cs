using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>The linear layers of a decoder layer that adapters can target.</summary>
internal static class LinearTargets
{
    /// <summary>Their names, as checkpoints have them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <returns>Module path as checkpoints name it, e.g. <c>model.layers.0.self_attn.q_proj</c>.</returns>
    public static string Path(int layer, string target) =>
        $"model.layers.{layer}.{(target is "gate_proj" or "up_proj" or "down_proj" ? "mlp" : "self_attn")}.{target}";

    /// <returns>Input and output width of a target.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: the base has no such layer.</exception>
    public static (int Inputs, int Outputs) Shape(BaseConfiguration configuration, string target) => target switch
    {
        "q_proj" => (configuration.HiddenSize, configuration.HeadCount * configuration.HeadSize),
        "k_proj" or "v_proj" => (configuration.HiddenSize, configuration.KeyValueHeadCount * configuration.HeadSize),
        "o_proj" => (configuration.HeadCount * configuration.HeadSize, configuration.HiddenSize),
        "gate_proj" or "up_proj" => (configuration.HiddenSize, configuration.FeedForwardSize),
        "down_proj" => (configuration.FeedForwardSize, configuration.HiddenSize),
        _ => throw new TelecomException(
            ErrorCode.BundleInvalid, $"The base has no linear layer '{target}'. Adapters can target {string.Join(", ", Names)}."),
    };
}
