namespace Telecom.Modeling.Checkpoints;

/// <summary>A refusal with several reasons, for readers that want one line each.</summary>
public interface IProblemReport
{
    /// <summary>What was refused: a file or folder, and for whom.</summary>
    string Place { get; }

    /// <summary>Every reason, at least one.</summary>
    IReadOnlyList<string> Problems { get; }
}
