namespace Telecom.Runtime.Evaluation;

/// <summary>One group of cases with every scored method.</summary>
public sealed record GroupReport
{
    /// <summary>Group name.</summary>
    public required string Name { get; init; }

    /// <summary>Cases in the group.</summary>
    public required int Cases { get; init; }

    /// <summary>The methods that were scored.</summary>
    public required IReadOnlyList<GroupMethodReport> Methods { get; init; }
}
