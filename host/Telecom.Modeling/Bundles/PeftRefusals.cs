using System.Text.Json;

namespace Telecom.Modeling.Bundles;

/// <summary>What a PEFT configuration may ask for that this host does not do; each is refused by its name rather than ignored.</summary>
internal static class PeftRefusals
{
    public const string LowRank = "LORA";

    // Members that change what an adapter computes or where; harmless while null, false or empty.
    private static readonly string[] Members =
    [
        "alora_invocation_tokens", "arrow_config", "ensure_weight_tying", "layer_replication", "target_parameters", "trainable_token_indices",
        "use_qalora",
    ];

    // Starts that leave the base as it is: the file's factors are the whole adapter.
    private static readonly string[] PlainStarts = ["gaussian", "eva", "orthogonal"];

    /// <returns>One line per refusal.</returns>
    public static IEnumerable<string> Of(PeftConfiguration configuration)
    {
        foreach (var refusal in PeftTypes.Refusals(configuration))
        {
            yield return refusal;
        }

        if (configuration is { PeftType: LowRank, Alpha: null })
        {
            yield return "lora_alpha is missing";
        }

        if (configuration.Bias != "none")
        {
            yield return $"bias {configuration.Bias} is not supported; supported is none";
        }

        if (Start(configuration) is { } start && (configuration.UseDora || !PeftMethods.Starts.Contains(start)))
        {
            var with = configuration.UseDora ? " with use_dora" : "";
            yield return $"init_lora_weights {start}{with} is not supported: it changed the weights of the base";
        }

        if (configuration is { UseDora: true, OutputBias: true })
        {
            yield return "lora_bias with use_dora is not supported";
        }

        foreach (var name in Members.Where(name => IsSet(configuration, name)))
        {
            yield return $"{name} {configuration.Others![name].GetRawText()} is not supported";
        }

        if (configuration.ModulesToSave?.Pattern is { Length: > 0 } text)
        {
            yield return $"modules_to_save '{text}' is not supported; supported is an array of names";
        }

        if (configuration is { Targets.IsEmpty: true, ModulesToSave: null or { IsEmpty: true } })
        {
            yield return "target_modules is empty";
        }
    }

    /// <summary>The named initialisation that moved a part of the base into the adapter; null for the others.</summary>
    public static string? Start(PeftConfiguration configuration) =>
        configuration.Initialization is { ValueKind: JsonValueKind.String } start && !PlainStarts.Contains(start.GetString())
            ? start.GetString()
            : null;

    private static bool IsSet(PeftConfiguration configuration, string name) =>
        configuration.Others is not null && configuration.Others.TryGetValue(name, out var value)
        && value.GetRawText() is not ("null" or "false" or "{}" or "[]" or "\"\"");
}
