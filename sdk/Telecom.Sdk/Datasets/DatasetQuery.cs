namespace Telecom.Sdk.Datasets;

/// <summary>Which records of a dataset to read.</summary>
public sealed record DatasetQuery
{
    /// <summary>Data root; null for generators and for a dataset's own default location.</summary>
    public string? Path { get; init; }

    /// <summary>Named split; null for everything.</summary>
    public string? Split { get; init; }

    /// <summary>Overrides of <see cref="DatasetDescriptor.Settings"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of a generator; ignored by readers.</summary>
    public int Seed { get; init; } = 1;
}
