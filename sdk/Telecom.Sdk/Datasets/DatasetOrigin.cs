namespace Telecom.Sdk.Datasets;

/// <summary>Where the records of a dataset come from.</summary>
public enum DatasetOrigin
{
    /// <summary>Files measured elsewhere; the user brings them.</summary>
    Measured,

    /// <summary>Made by a seeded generator; needs no files.</summary>
    Generated,
}
