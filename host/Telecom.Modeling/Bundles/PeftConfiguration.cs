using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telecom.Modeling.Bundles;

/// <summary><c>adapter_config.json</c> as PEFT reads and writes it, plus the fingerprint of the base.</summary>
internal sealed record PeftConfiguration
{
    // Members of PEFT that change what an adapter computes or where; plain LoRA leaves them null, false or empty.
    private static readonly string[] Extensions =
    [
        "alpha_pattern", "exclude_modules", "layer_replication", "layers_pattern", "layers_to_transform", "lora_bias", "modules_to_save",
        "rank_pattern", "target_parameters", "trainable_token_indices", "use_qalora",
    ];

    [JsonPropertyName("peft_type")]
    public string PeftType { get; init; } = "LORA";

    [JsonPropertyName("base_model_name_or_path")]
    public string? BaseName { get; init; }

    /// <summary>SHA-256 of the base; written by this project only.</summary>
    [JsonPropertyName("base_fingerprint")]
    public string? BaseFingerprint { get; init; }

    [JsonPropertyName("task_type")]
    public string? TaskType { get; init; }

    [JsonPropertyName("inference_mode")]
    public bool InferenceMode { get; init; } = true;

    [JsonPropertyName("r")]
    public required int Rank { get; init; }

    [JsonPropertyName("lora_alpha")]
    public required double Alpha { get; init; }

    [JsonPropertyName("lora_dropout")]
    public double Dropout { get; init; }

    [JsonPropertyName("target_modules")]
    public required IReadOnlyList<string> Targets { get; init; }

    [JsonPropertyName("bias")]
    public string Bias { get; init; } = "none";

    [JsonPropertyName("fan_in_fan_out")]
    public bool FanInFanOut { get; init; }

    [JsonPropertyName("use_rslora")]
    public bool UseRsLora { get; init; }

    [JsonPropertyName("use_dora")]
    public bool UseDora { get; init; }

    /// <summary>Every other member of the file.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>The first member that asks for more than plain LoRA, with its value; null when none does.</summary>
    [JsonIgnore]
    public string? Unsupported => this switch
    {
        { PeftType: not "LORA" } => $"peft_type {PeftType}",
        { Bias: not "none" } => $"bias {Bias}",
        { FanInFanOut: true } => "fan_in_fan_out true",
        { UseRsLora: true } => "use_rslora true",
        { UseDora: true } => "use_dora true",
        _ => Array.Find(Extensions, IsSet) is { } name ? $"{name} {Others![name].GetRawText()}" : null,
    };

    private bool IsSet(string name) =>
        Others is not null && Others.TryGetValue(name, out var value)
        && value.GetRawText() is not ("null" or "false" or "{}" or "[]" or "\"\"");
}
