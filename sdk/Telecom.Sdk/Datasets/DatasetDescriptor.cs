using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Datasets;

/// <summary>What a dataset is, where it comes from and what may be done with it.</summary>
public sealed record DatasetDescriptor
{
    /// <summary>kebab-case id, unique in the host.</summary>
    public required string Id { get; init; }

    /// <summary>One line for people.</summary>
    public required string Title { get; init; }

    /// <summary>A reader of files that somebody measured, or a seeded generator.</summary>
    public required DatasetOrigin Origin { get; init; }

    /// <summary>Licence of the data (SPDX id where one exists).</summary>
    public required string Licence { get; init; }

    /// <summary>Where the data come from: citation and address, or the equations of a generator.</summary>
    public required string Source { get; init; }

    /// <summary>Layout of the files below the data root, for readers and for what a generator writes.</summary>
    public required string Layout { get; init; }

    /// <summary>Named splits, e.g. train, valid, test.</summary>
    public IReadOnlyList<string> Splits { get; init; } = [];

    /// <summary>Options of a query.</summary>
    public IReadOnlyList<SettingDescriptor> Settings { get; init; } = [];
}
