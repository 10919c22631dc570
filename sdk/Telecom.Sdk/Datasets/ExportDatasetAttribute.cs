using System.Composition;

namespace Telecom.Sdk.Datasets;

/// <summary>Marks a class as a dataset of its plugin. The id equals the one in its <see cref="DatasetDescriptor"/>.</summary>
[MetadataAttribute]
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExportDatasetAttribute(string id) : ExportAttribute(typeof(IDataset))
{
    /// <summary>kebab-case id.</summary>
    public string Id { get; } = id;
}
