namespace Telecom.Runtime.Evaluation;

/// <summary>The report of a benchmark run; its JSON form is promised to scripts.</summary>
public sealed record EvaluationReport
{
    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Data as given.</summary>
    public required string Data { get; init; }

    /// <summary>Split that was scored.</summary>
    public required string Split { get; init; }

    /// <summary>Cases that every method was scored on.</summary>
    public required int Cases { get; init; }

    /// <summary>Settings as they took effect.</summary>
    public required IReadOnlyDictionary<string, object> Settings { get; init; }

    /// <summary>One row per method, in report order.</summary>
    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>The same per file, scenario or setting; empty where the task has none.</summary>
    public required IReadOnlyList<GroupReport> Groups { get; init; }

    /// <summary>Remarks, e.g. traces that were too short.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
