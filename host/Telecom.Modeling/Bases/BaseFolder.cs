using Telecom.Modeling.Checkpoints;
using TorchSharp;

namespace Telecom.Modeling.Bases;

/// <summary>A base on disk, opened and compared with what its configuration promises; nothing is loaded yet.</summary>
internal sealed class BaseFolder : IDisposable
{
    private const string LegacyRotaryBuffer = ".rotary_emb.inv_freq";
    private readonly string directory;
    private readonly List<string> problems = [];
    private readonly List<string> warnings = [];
    private readonly CheckpointFolder checkpoint;

    private BaseFolder(string directory)
    {
        this.directory = directory;
        var read = LlamaConfigurationFile.Read(directory, problems);
        Configuration = read?.Configuration;
        Name = LastSegment(read?.Name) ?? LastSegment(Path.GetFullPath(directory)) ?? "base";
        checkpoint = CheckpointFolder.Open(directory, problems, warnings);
        if (Configuration is not null && checkpoint.Tensors.Count > 0)
        {
            Compare(Configuration);
        }
    }

    /// <summary>Null when <c>config.json</c> could not be used.</summary>
    public BaseConfiguration? Configuration { get; }

    /// <summary>Last part of the name in the configuration, otherwise of the folder.</summary>
    public string Name { get; }

    /// <summary>Everything that forbids loading.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>What is odd but harmless.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>The files' tensors.</summary>
    public CheckpointFolder Checkpoint => checkpoint;

    public static BaseFolder Open(string directory) =>
        Directory.Exists(directory) ? new BaseFolder(directory) : throw new CheckpointFormatException(directory, null, "the folder does not exist.");

    /// <exception cref="CheckpointFormatException">There are problems; all are listed.</exception>
    public void ThrowOnProblems()
    {
        if (problems.Count > 0)
        {
            throw new CheckpointFormatException(directory, [.. problems, .. warnings]);
        }
    }

    /// <summary>Copies one tensor, converting to the destination's element type.</summary>
    public void CopyTo(string name, torch.Tensor destination) => checkpoint.Tensors[name].File.CopyTo(name, destination);

    /// <inheritdoc/>
    public void Dispose() => checkpoint.Dispose();

    private static string? LastSegment(string? path) =>
        path?.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();

    private void Compare(BaseConfiguration configuration)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in BaseLayout.Tensors(configuration))
        {
            expected.Add(name);
            if (!checkpoint.Tensors.TryGetValue(name, out var found))
            {
                problems.Add($"tensor '{name}' is missing");
                continue;
            }

            if (!found.Entry.Shape.SequenceEqual(shape))
            {
                problems.Add($"tensor '{name}' has shape [{string.Join(", ", found.Entry.Shape)}], expected [{string.Join(", ", shape)}]");
            }

            if (found.Entry.DataType is not (SafetensorsDataType.F32 or SafetensorsDataType.BF16 or SafetensorsDataType.F16))
            {
                problems.Add($"tensor '{name}' has data type {found.Entry.DataType.WireName()}, expected F32, BF16 or F16");
            }
        }

        var extra = checkpoint.Tensors.Keys.Where(name => !expected.Contains(name) && !IsHarmless(name, configuration));
        warnings.AddRange(extra.Select(name => $"tensor '{CheckpointFormatException.Show(name)}' is unknown to the architecture and is ignored"));
    }

    private static bool IsHarmless(string name, BaseConfiguration configuration) =>
        (name == BaseLayout.Head && configuration.TieEmbeddings) || name.EndsWith(LegacyRotaryBuffer, StringComparison.Ordinal);
}
