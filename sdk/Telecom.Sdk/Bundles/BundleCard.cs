namespace Telecom.Sdk.Bundles;

/// <summary><c>card.json</c> of a bundle: what was trained, on what, how, and how good it was.</summary>
public sealed record BundleCard
{
    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Method id.</summary>
    public required string Method { get; init; }

    /// <summary>SDK contract the method was built for, <c>major.minor</c>.</summary>
    public required string Contract { get; init; }

    /// <summary>Which base: <c>none</c> for network methods and head-only ablations, otherwise its name.</summary>
    public required string Base { get; init; }

    /// <summary>Fingerprint of the base; null without one.</summary>
    public string? BaseFingerprint { get; init; }

    /// <summary>What the training data were, in words.</summary>
    public required string Data { get; init; }

    /// <summary>SHA-256 of the training and validation examples.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Seed of the run.</summary>
    public required int Seed { get; init; }

    /// <summary>Command that repeats the run.</summary>
    public required string Command { get; init; }

    /// <summary>Validation metric at the saved weights and other figures of the run.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Loss and validation metric after every epoch, the first entry before any; null in cards of older hosts.</summary>
    public IReadOnlyList<TrainingPoint>? Curve { get; init; }

    /// <summary>Licence of the weights, following the licence of the data.</summary>
    public required string Licence { get; init; }

    /// <summary>When training ended.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Trained parameters in encoder and head.</summary>
    public required long ModuleParameters { get; init; }

    /// <summary>Trained parameters in the adapter.</summary>
    public required long AdapterParameters { get; init; }
}
