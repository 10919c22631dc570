using System.Security.Cryptography;
using System.Text.Json;
using TorchSharp;

namespace Telecom.Modeling.Checkpoints;

/// <summary>A checkpoint folder of one kind, opened and checked without loading its weights.</summary>
internal abstract class InspectedFolder : IDisposable
{
    private const int HashChunkBytes = 1 << 30;

    public abstract CheckpointKind Kind { get; }

    public abstract string Name { get; }

    /// <summary>All tensors of all files.</summary>
    public abstract IEnumerable<(SafetensorsFile File, SafetensorsEntry Entry)> Tensors { get; }

    /// <summary>Name of the document that describes the folder.</summary>
    public abstract string ConfigurationFileName { get; }

    public virtual string? RequiredBaseFingerprint => null;

    /// <summary>Everything that forbids loading, one line each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>What is odd but harmless.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>SHA-256 over the stored bytes of all tensors in ordinal order of their names.</summary>
    public virtual string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (file, entry) in Tensors.OrderBy(tensor => tensor.Entry.Name, StringComparer.Ordinal))
        {
            for (var first = 0L; first < entry.ByteCount; first += HashChunkBytes)
            {
                hash.AppendData(file.GetBytes(entry.Name, first, (int)Math.Min(HashChunkBytes, entry.ByteCount - first)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads every floating tensor, one at a time, and adds a problem for each that holds NaN or infinity.</summary>
    public void CheckValues()
    {
        using var noGradient = torch.no_grad();
        foreach (var (file, entry) in Tensors)
        {
            using var scope = torch.NewDisposeScope();
            using var tensor = file.Load(entry.Name);
            if (tensor.is_floating_point() && !tensor.isfinite().all().item<bool>())
            {
                Problems.Add($"{Path.GetFileName(file.Path)}: tensor '{CheckpointFormatException.Show(entry.Name)}' has values that are not finite");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>Opens a file of the folder; a missing or broken one becomes a problem.</summary>
    protected SafetensorsFile? TryOpen(string directory, string name)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            Problems.Add($"{name} is missing");
            return null;
        }

        return CheckpointFolder.TryOpen(path, Problems);
    }

    /// <summary>Reads a document of the folder; a missing or broken one becomes a problem.</summary>
    protected JsonElement? TryReadObject(string directory, string name)
    {
        using var document = JsonFile.ReadObject(Path.Combine(directory, name), Problems);
        return document?.RootElement.Clone();
    }
}
