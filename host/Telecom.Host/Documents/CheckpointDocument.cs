using System.Text.Json;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Host.Documents;

/// <summary>The report of <c>models info</c>.</summary>
internal sealed record CheckpointDocument
{
    public required string Folder { get; init; }

    /// <summary><c>base</c>, <c>bundle</c> or <c>adapter</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required int TensorCount { get; init; }

    public required long ParameterCount { get; init; }

    public required long DataBytes { get; init; }

    public required IReadOnlyDictionary<string, int> TensorsByDataType { get; init; }

    /// <summary>Identity of the weights, SHA-256.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Base that a bundle or adapter was trained on; null for bases.</summary>
    public required string? RequiredBaseFingerprint { get; init; }

    /// <summary>The folder's own description as it is.</summary>
    public required JsonElement Configuration { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public static CheckpointDocument Of(string folder, CheckpointDescription description) => new()
    {
        Folder = folder,
        Kind = description.Kind.WireName(),
        Name = description.Name,
        TensorCount = description.TensorCount,
        ParameterCount = description.ParameterCount,
        DataBytes = description.DataBytes,
        TensorsByDataType = description.TensorsByDataType,
        Fingerprint = description.Fingerprint,
        RequiredBaseFingerprint = description.RequiredBaseFingerprint,
        Configuration = description.Configuration,
        Warnings = description.Warnings,
    };
}
