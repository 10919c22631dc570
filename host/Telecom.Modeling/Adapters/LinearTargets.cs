using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>The linear layers of a decoder layer that adapters can target.</summary>
internal static class LinearTargets
{
    private static readonly string[] Attention = ["q_proj", "k_proj", "v_proj", "o_proj"];
    private static readonly string[] FeedForward = ["gate_proj", "up_proj", "down_proj"];

    /// <returns>Module path as checkpoints name it, e.g. <c>model.layers.0.self_attn.q_proj</c>.</returns>
    public static string Path(int layer, string target) =>
        Attention.Contains(target) ? $"model.layers.{layer}.self_attn.{target}"
        : FeedForward.Contains(target) ? $"model.layers.{layer}.mlp.{target}"
        : throw new TelecomException(
            ErrorCode.BundleInvalid,
            $"The base has no linear layer '{target}'. Adapters can target {string.Join(", ", Attention.Concat(FeedForward))}.");

    /// <returns>Input and output width of a target.</returns>
    public static (int Inputs, int Outputs) Shape(BaseConfiguration configuration, string target) => target switch
    {
        "q_proj" => (configuration.HiddenSize, configuration.HeadCount * configuration.HeadSize),
        "k_proj" or "v_proj" => (configuration.HiddenSize, configuration.KeyValueHeadCount * configuration.HeadSize),
        "o_proj" => (configuration.HeadCount * configuration.HeadSize, configuration.HiddenSize),
        "gate_proj" or "up_proj" => (configuration.HiddenSize, configuration.FeedForwardSize),
        "down_proj" => (configuration.FeedForwardSize, configuration.HiddenSize),
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a linear layer of the base."),
    };
}
