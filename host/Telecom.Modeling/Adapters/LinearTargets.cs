using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>The linear layers of a decoder layer that adapters can target.</summary>
internal static class LinearTargets
{
    private static readonly string[][] LlamaGroups = [["q_proj", "k_proj", "v_proj"], ["o_proj"], ["gate_proj", "up_proj"], ["down_proj"]];
    private static readonly string[] Gpt2Names = ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"];

    /// <summary>Their names in the Llama families, as checkpoints have them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <returns>Their names in a base: the shortest end of the module path that is unambiguous.</returns>
    public static IReadOnlyList<string> Of(BaseConfiguration configuration) => configuration.Family == BaseFamily.Gpt2 ? Gpt2Names : Names;

    /// <returns>Their names in a base, those together that read the same input.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Groups(BaseConfiguration configuration) =>
        configuration.Family == BaseFamily.Gpt2 ? [.. Gpt2Names.Select(name => new[] { name })] : LlamaGroups;

    /// <summary>Whether checkpoints hold the weight of a target as [inputs, outputs].</summary>
    public static bool IsTransposed(string target) => Gpt2Names.Contains(target);

    /// <returns>Module path as checkpoints name it, e.g. <c>model.layers.0.self_attn.q_proj</c> or <c>transformer.h.0.attn.c_attn</c>.</returns>
    public static string Path(int layer, string target) => target switch
    {
        "c_attn" => Gpt2Layout.Module(layer, "attn.c_attn"),
        "c_fc" => Gpt2Layout.Module(layer, "mlp.c_fc"),
        "attn.c_proj" or "mlp.c_proj" => Gpt2Layout.Module(layer, target),
        "gate_proj" or "up_proj" or "down_proj" => LlamaLayout.Module(layer, "mlp." + target),
        _ => LlamaLayout.Module(layer, "self_attn." + target),
    };

    /// <returns>Input and output width of a target.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: the base has no such layer.</exception>
    public static (int Inputs, int Outputs) Shape(BaseConfiguration configuration, string target)
    {
        var (hidden, inner) = (configuration.HiddenSize, configuration.FeedForwardSize);
        var names = Of(configuration);
        return target switch
        {
            _ when !names.Contains(target) => throw new TelecomException(
                ErrorCode.BundleInvalid, $"The base has no linear layer '{target}'. Adapters can target {string.Join(", ", names)}."),
            "q_proj" => (hidden, configuration.HeadCount * configuration.HeadSize),
            "k_proj" or "v_proj" => (hidden, configuration.KeyValueHeadCount * configuration.HeadSize),
            "o_proj" => (configuration.HeadCount * configuration.HeadSize, hidden),
            "c_attn" => (hidden, 3 * hidden),
            "attn.c_proj" => (hidden, hidden),
            "gate_proj" or "up_proj" or "c_fc" => (hidden, inner),
            _ => (inner, hidden),
        };
    }
}
