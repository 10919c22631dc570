using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Checkpoints;

/// <summary>A checkpoint file or folder that was refused; the message names the file, the tensor where one is concerned, and the problem.</summary>
public sealed class CheckpointFormatException : TelecomException, IProblemReport
{
    private const int ShownNameLength = 120;

    /// <param name="path">The file, or the folder when several of its files disagree.</param>
    /// <param name="tensor">The tensor concerned; null when the whole file is.</param>
    /// <param name="problem">What is wrong and, where that is not obvious, what to do.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public CheckpointFormatException(string path, string? tensor, string problem, Exception? innerException = null)
        : base(ErrorCode.CheckpointInvalid, Compose(path, tensor, problem), innerException)
    {
        Path = path;
        Tensor = tensor;
        Place = tensor is null ? path : $"{path}: tensor '{Show(tensor)}'";
        Problems = [problem];
    }

    /// <param name="path">The folder.</param>
    /// <param name="problems">Every problem found, at least one.</param>
    public CheckpointFormatException(string path, IReadOnlyList<string> problems)
        : base(ErrorCode.CheckpointInvalid, $"{path}: {string.Join("; ", problems)}")
    {
        Path = Place = path;
        Problems = problems;
    }

    /// <summary>The refused file or folder.</summary>
    public string Path { get; }

    /// <summary>The tensor concerned; null when the problem is not about one tensor.</summary>
    public string? Tensor { get; }

    /// <inheritdoc/>
    public string Place { get; }

    /// <summary>All problems, one entry each.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The message with the file's name instead of its path.</summary>
    internal string Shortened => Compose(System.IO.Path.GetFileName(Path), Tensor, string.Join("; ", Problems));

    /// <summary>Names come from the file and may be of any length or contain control characters.</summary>
    internal static string Show(string name)
    {
        var head = name.Length > ShownNameLength ? $"{name.AsSpan(0, ShownNameLength)}…" : name;
        return string.Concat(head.Select(character => char.IsControl(character) ? '\uFFFD' : character));
    }

    private static string Compose(string path, string? tensor, string problem) =>
        tensor is null ? $"{path}: {problem}" : $"{path}: tensor '{Show(tensor)}': {problem}";
}
