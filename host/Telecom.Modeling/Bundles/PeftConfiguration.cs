using System.Text.Json.Serialization;

namespace Telecom.Modeling.Bundles;

/// <summary><c>adapter_config.json</c> as PEFT reads and writes it, plus the fingerprint of the base.</summary>
internal sealed record PeftConfiguration
{
    [JsonPropertyName("peft_type")]
    public string PeftType { get; init; } = "LORA";

    [JsonPropertyName("base_model_name_or_path")]
    public required string BaseName { get; init; }

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
    public required double Dropout { get; init; }

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
}
