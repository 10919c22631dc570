namespace Telecom.Jobs.Storage;

/// <summary>Rows that a caller asked for in one day.</summary>
public sealed record DailyRows
{
    /// <summary>Id of the caller.</summary>
    public required string Caller { get; init; }

    /// <summary>Day in UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Rows.</summary>
    public required long Rows { get; init; }
}
