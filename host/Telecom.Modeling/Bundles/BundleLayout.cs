namespace Telecom.Modeling.Bundles;

/// <summary>File names of a bundle folder.</summary>
public static class BundleLayout
{
    /// <summary>What was trained, on what, how, and how good it was.</summary>
    public const string Card = "card.json";

    /// <summary>The method's settings.</summary>
    public const string Task = "task.json";

    /// <summary>Encoder and head, or the whole network.</summary>
    public const string Modules = "modules.safetensors";

    /// <summary>PEFT configuration of the adapter.</summary>
    public const string AdapterConfiguration = "adapter_config.json";

    /// <summary>PEFT weights of the adapter.</summary>
    public const string AdapterWeights = "adapter_model.safetensors";
}
