using Telecom.Modeling.Checkpoints;
using TorchSharp;

namespace Telecom.Modeling.Bases;

/// <summary>A base on disk, opened and compared with what its configuration promises; nothing is loaded yet.</summary>
internal sealed class BaseFolder : InspectedFolder
{
    private const string LegacyRotaryBuffer = ".rotary_emb.inv_freq";
    private readonly string directory;
    private readonly CheckpointFolder checkpoint;

    public BaseFolder(string directory)
    {
        this.directory = directory;
        var read = LlamaConfigurationFile.Read(directory, Problems);
        Configuration = read?.Configuration;
        Name = LastSegment(read?.Name) ?? LastSegment(Path.GetFullPath(directory)) ?? "base";
        checkpoint = CheckpointFolder.Open(directory, Problems, Warnings);
        if (Configuration is not null && checkpoint.Tensors.Count > 0)
        {
            Compare(Configuration);
        }
    }

    public override CheckpointKind Kind => CheckpointKind.Base;

    /// <summary>Last part of the name in the configuration, otherwise of the folder.</summary>
    public override string Name { get; }

    public override string ConfigurationFileName => LlamaConfigurationFile.FileName;

    public override IEnumerable<(SafetensorsFile File, SafetensorsEntry Entry)> Tensors => checkpoint.Tensors.Values;

    /// <summary>Null when <c>config.json</c> could not be used.</summary>
    public BaseConfiguration? Configuration { get; }

    /// <exception cref="CheckpointFormatException">There are problems; all are listed.</exception>
    public void ThrowOnProblems()
    {
        if (Problems.Count > 0)
        {
            throw new CheckpointFormatException(directory, [.. Problems, .. Warnings]);
        }
    }

    /// <summary>Copies one tensor, converting to the destination's element type.</summary>
    public void CopyTo(string name, torch.Tensor destination) => checkpoint.Tensors[name].File.CopyTo(name, destination);

    /// <inheritdoc/>
    public override string ComputeFingerprint() => BaseFingerprint.Compute(BaseLayout.Tensors(Configuration!)
        .Select(tensor => (tensor.Name, (Func<torch.Tensor>)(() => checkpoint.Tensors[tensor.Name].File.Load(tensor.Name)))));

    protected override void Dispose(bool disposing) => checkpoint.Dispose();

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
                Problems.Add($"tensor '{name}' is missing");
                continue;
            }

            if (!found.Entry.Shape.SequenceEqual(shape))
            {
                Problems.Add($"tensor '{name}' has shape [{string.Join(", ", found.Entry.Shape)}], expected [{string.Join(", ", shape)}]");
            }

            if (found.Entry.DataType is not (SafetensorsDataType.F32 or SafetensorsDataType.BF16 or SafetensorsDataType.F16))
            {
                Problems.Add($"tensor '{name}' has data type {found.Entry.DataType.WireName()}, expected F32, BF16 or F16");
            }
        }

        var extra = checkpoint.Tensors.Keys.Where(name => !expected.Contains(name) && !IsHarmless(name, configuration));
        Warnings.AddRange(extra.Select(name => $"tensor '{CheckpointFormatException.Show(name)}' is unknown to the architecture and is ignored"));
    }

    private static bool IsHarmless(string name, BaseConfiguration configuration) =>
        (name == BaseLayout.Head && configuration.TieEmbeddings) || name.EndsWith(LegacyRotaryBuffer, StringComparison.Ordinal);
}
