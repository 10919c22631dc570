namespace Telecom.Client.Documents;

/// <summary>A dataset of the host.</summary>
public sealed record DatasetInfo
{
    /// <summary>Dataset id.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary><c>measured</c> or <c>generated</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Licence of the data.</summary>
    public required string Licence { get; init; }

    /// <summary>Publication or address.</summary>
    public required string Source { get; init; }

    /// <summary>Which files it reads.</summary>
    public required string Layout { get; init; }

    /// <summary>Names of its splits.</summary>
    public required IReadOnlyList<string> Splits { get; init; }

    /// <summary>Its knobs.</summary>
    public required IReadOnlyList<SettingInfo> Settings { get; init; }

    /// <summary>Name of the domain record that it gives.</summary>
    public required string Record { get; init; }

    /// <summary>Whether the host can write its files itself.</summary>
    public required bool CanGenerate { get; init; }
}
