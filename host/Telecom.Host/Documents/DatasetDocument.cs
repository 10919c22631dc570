using Telecom.Sdk.Datasets;
using Telecom.Sdk.Settings;

namespace Telecom.Host.Documents;

/// <summary>A dataset as command line and REST show it.</summary>
internal sealed record DatasetDocument
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary><c>measured</c> or <c>generated</c>.</summary>
    public required string Origin { get; init; }

    public required string Licence { get; init; }

    public required string Source { get; init; }

    public required string Layout { get; init; }

    public required IReadOnlyList<string> Splits { get; init; }

    public required IReadOnlyList<SettingDescriptor> Settings { get; init; }

    /// <summary>Name of the domain record.</summary>
    public required string Record { get; init; }

    /// <summary>Whether <c>datasets generate</c> can write it.</summary>
    public required bool CanGenerate { get; init; }

    public static DatasetDocument Of(IDataset dataset) => new()
    {
        Id = dataset.Descriptor.Id,
        Title = dataset.Descriptor.Title,
        Origin = dataset.Descriptor.Origin.WireName(),
        Licence = dataset.Descriptor.Licence,
        Source = dataset.Descriptor.Source,
        Layout = dataset.Descriptor.Layout,
        Splits = dataset.Descriptor.Splits,
        Settings = dataset.Descriptor.Settings,
        Record = dataset.RecordType.Name,
        CanGenerate = dataset is IDatasetWriter,
    };
}
