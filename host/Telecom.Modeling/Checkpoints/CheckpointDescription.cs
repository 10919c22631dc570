using System.Text.Json;

namespace Telecom.Modeling.Checkpoints;

/// <summary>What is in a checkpoint folder.</summary>
public sealed record CheckpointDescription
{
    /// <summary>What the folder holds.</summary>
    public required CheckpointKind Kind { get; init; }

    /// <summary>Name of the base, <c>task/method</c> of a bundle, type of an adapter.</summary>
    public required string Name { get; init; }

    /// <summary>Tensors in all files.</summary>
    public required int TensorCount { get; init; }

    /// <summary>Elements of all tensors.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Bytes of all tensors in the files.</summary>
    public required long DataBytes { get; init; }

    /// <summary>Number of tensors of each element type, by its name in the file.</summary>
    public required IReadOnlyDictionary<string, int> TensorsByDataType { get; init; }

    /// <summary>
    /// Identity of the weights, 64 hexadecimal digits: of a base as <see cref="Bases.BaseFingerprint"/> defines it; otherwise SHA-256 over the stored
    /// bytes of all tensors in ordinal order of their names.
    /// </summary>
    public required string Fingerprint { get; init; }

    /// <summary>Fingerprint of the base that a bundle or adapter was trained on; null for bases, and where none is recorded.</summary>
    public string? RequiredBaseFingerprint { get; init; }

    /// <summary>The folder's own description: <c>config.json</c>, <c>card.json</c> or <c>adapter_config.json</c>.</summary>
    public required JsonElement Configuration { get; init; }

    /// <summary>What is odd but harmless.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
