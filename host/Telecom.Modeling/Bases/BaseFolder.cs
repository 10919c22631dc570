using Telecom.Modeling.Checkpoints;
using TorchSharp;

namespace Telecom.Modeling.Bases;

/// <summary>A base on disk, opened and compared with what its configuration promises; nothing is loaded yet.</summary>
internal sealed class BaseFolder : InspectedFolder
{
    private readonly string directory;
    private readonly CheckpointFolder checkpoint;

    // By the names of the architecture, which files may shorten.
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)> located = new(StringComparer.Ordinal);

    public BaseFolder(string directory)
    {
        this.directory = directory;
        var read = BaseConfigurationFile.Read(directory, Problems);
        Configuration = read?.Configuration;
        Name = LastSegment(read?.Name) ?? LastSegment(Path.GetFullPath(directory)) ?? "base";
        checkpoint = CheckpointFolder.Open(directory, Problems, Warnings);
        if (Configuration is not null && checkpoint.Tensors.Count > 0)
        {
            Locate(Configuration);
            Compare(Configuration);
        }
    }

    public override CheckpointKind Kind => CheckpointKind.Base;

    /// <summary>Last part of the name in the configuration, otherwise of the folder.</summary>
    public override string Name { get; }

    public override string ConfigurationFileName => BaseConfigurationFile.FileName;

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
    public void CopyTo(string name, torch.Tensor destination)
    {
        var (file, entry) = located[name];
        file.CopyTo(entry.Name, destination);
    }

    /// <inheritdoc/>
    public override string ComputeFingerprint() => BaseFingerprint.Compute(BaseLayout.Tensors(Configuration!)
        .Select(tensor => (tensor.Name, (Func<torch.Tensor>)(() => located[tensor.Name].File.Load(located[tensor.Name].Entry.Name)))));

    protected override void Dispose(bool disposing) => checkpoint.Dispose();

    private static string? LastSegment(string? path) =>
        path?.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();

    private void Locate(BaseConfiguration configuration)
    {
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            var canonical = BaseLayout.Canonical(configuration, name);
            if (!located.TryAdd(canonical, tensor))
            {
                Problems.Add($"tensor '{CheckpointFormatException.Show(name)}' is there twice, as '{located[canonical].Entry.Name}' too");
            }
        }
    }

    private void Compare(BaseConfiguration configuration)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in BaseLayout.Tensors(configuration))
        {
            expected.Add(name);
            if (!located.TryGetValue(name, out var found))
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

        var extra = located.Where(tensor => !expected.Contains(tensor.Key) && !BaseLayout.IsIgnored(configuration, tensor.Key));
        Warnings.AddRange(extra.Select(tensor =>
            $"tensor '{CheckpointFormatException.Show(tensor.Value.Entry.Name)}' is unknown to the architecture and is ignored"));
    }
}
