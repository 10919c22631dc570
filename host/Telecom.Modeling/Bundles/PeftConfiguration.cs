using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telecom.Modeling.Bundles;

/// <summary><c>adapter_config.json</c> as PEFT reads and writes it, plus the fingerprint of the base.</summary>
/// <remarks>Members with a default have a setter: source-generated reading gives every init-only member the default of its type.</remarks>
internal sealed record PeftConfiguration
{
    [JsonPropertyName("peft_type")]
    public required string PeftType { get; init; }

    [JsonPropertyName("base_model_name_or_path")]
    public string? BaseName { get; init; }

    /// <summary>SHA-256 of the base; written by this project only.</summary>
    [JsonPropertyName("base_fingerprint")]
    public string? BaseFingerprint { get; init; }

    [JsonPropertyName("task_type")]
    public string? TaskType { get; init; }

    [JsonPropertyName("inference_mode")]
    public bool InferenceMode { get; set; } = true;

    [JsonPropertyName("r")]
    public required int Rank { get; init; }

    [JsonPropertyName("lora_alpha")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Alpha { get; init; }

    [JsonPropertyName("lora_dropout")]
    public double Dropout { get; init; }

    [JsonPropertyName("target_modules")]
    public required PeftModules Targets { get; init; }

    [JsonPropertyName("bias")]
    public string Bias { get; set; } = "none";

    [JsonPropertyName("fan_in_fan_out")]
    public bool FanInFanOut { get; init; }

    [JsonPropertyName("use_rslora")]
    public bool UseRsLora { get; init; }

    [JsonPropertyName("use_dora")]
    public bool UseDora { get; init; }

    /// <summary>Whether B has a bias.</summary>
    [JsonPropertyName("lora_bias")]
    public bool OutputBias { get; init; }

    /// <summary>Modules that the adapter brings along whole.</summary>
    [JsonPropertyName("modules_to_save")]
    public PeftModules? ModulesToSave { get; init; }

    [JsonPropertyName("exclude_modules")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PeftModules? Exclude { get; init; }

    /// <summary>One layer index or an array of them.</summary>
    [JsonPropertyName("layers_to_transform")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Layers { get; init; }

    /// <summary>Names of the list of layers, where the path has several numbers.</summary>
    [JsonPropertyName("layers_pattern")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PeftModules? LayersPattern { get; init; }

    /// <summary>Ranks that differ from <see cref="Rank"/>; the first key that matches wins.</summary>
    [JsonPropertyName("rank_pattern")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderedDictionary<string, int>? RankPattern { get; init; }

    /// <summary>Values of alpha that differ from <see cref="Alpha"/>; the first key that matches wins.</summary>
    [JsonPropertyName("alpha_pattern")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrderedDictionary<string, double>? AlphaPattern { get; init; }

    /// <summary>True, false, or the name of an initialisation.</summary>
    [JsonPropertyName("init_lora_weights")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Initialization { get; init; }

    /// <summary>Every other member of the file.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
