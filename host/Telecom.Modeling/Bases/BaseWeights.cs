using System.Collections.Frozen;
using Telecom.Modeling.Checkpoints;
using TorchSharp;

namespace Telecom.Modeling.Bases;

/// <summary>The frozen weights of one base transformer: no gradients, shared by everything that runs on it; float32 unless rounded.</summary>
/// <remarks>The tensors belong to this object and must not be written to. Disposal is idempotent.</remarks>
public sealed class BaseWeights : IDisposable
{
    private FrozenDictionary<string, torch.Tensor> tensors;

    // What the rounded weights hash to; null while they are those that the fingerprint was made of.
    private string? roundedHash;

    private BaseWeights(string name, BaseConfiguration configuration, Dictionary<string, torch.Tensor> stored, IReadOnlyList<string> warnings)
    {
        Name = name;
        Configuration = configuration;
        Warnings = warnings;
        if (configuration is { VocabularySize: > 0, TieEmbeddings: true })
        {
            stored.Add(BaseLayout.Head, stored[BaseLayout.Embedding(configuration)]);
        }

        tensors = stored.ToFrozenDictionary(StringComparer.Ordinal);
        Fingerprint = RecomputeFingerprint();
    }

    /// <summary>Name in cards and reports.</summary>
    public string Name { get; }

    /// <summary>Shape of the transformer.</summary>
    public BaseConfiguration Configuration { get; }

    /// <summary>Identity of the weights, see <see cref="BaseFingerprint"/>: 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Type of all tensors.</summary>
    public torch.ScalarType ElementType => tensors.Values[0].dtype;

    /// <summary>Memory of all weights in bytes; a tied head counts once.</summary>
    public long TotalBytes => Configuration.ParameterCount * tensors.Values[0].ElementSize;

    /// <summary>What was odd about the folder but harmless, e.g. tensors that the architecture does not know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// Tensors by their Hugging Face names; linear weights are [outputs, inputs] whatever the file's orientation. A tied
    /// <c>lm_head.weight</c> is the embedding tensor itself.
    /// </summary>
    public IReadOnlyDictionary<string, torch.Tensor> Tensors => tensors;

    /// <summary>Reads a Hugging Face model folder: <c>config.json</c> and float weights in one safetensors file or in shards.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="name">Name of the base; by default the one in the configuration, then that of the folder.</param>
    /// <param name="precision">What it computes in; the fingerprint is that of the file's values in every case.</param>
    /// <exception cref="CheckpointFormatException">Anything is missing, misshapen or of an unsupported kind; all problems are listed.</exception>
    public static BaseWeights Load(string directory, string? name = null, BasePrecision precision = BasePrecision.Float32)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (!Directory.Exists(directory))
        {
            throw new CheckpointFormatException(directory, null, "the folder does not exist.");
        }

        using var source = new BaseFolder(directory);
        source.ThrowOnProblems();
        var weights = Create(name ?? source.Name, source.Configuration!, source.CopyTo, [.. source.Warnings]);
        weights.Round(precision);
        return weights;
    }

    /// <summary>Writes a folder that <see cref="Load"/> reads back to the same fingerprint.</summary>
    /// <param name="directory">Made if it does not exist; files of the same names are replaced.</param>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(directory, CheckpointFolder.SingleFileName), Stored());
        BaseConfigurationFile.Write(directory, Configuration, Name);
    }

    /// <summary>The fingerprint of the weights as they are now; differs from <see cref="Fingerprint"/> only if something wrote to them.</summary>
    public string RecomputeFingerprint()
    {
        var current = Hash();
        return current == roundedHash ? Fingerprint : current;
    }

    /// <summary>Rounds the weights, one tensor after the other, if the precision asks for it. Before anything uses them.</summary>
    public void Round(BasePrecision precision)
    {
        var elementType = PrecisionProbe.Resolve(precision, tensors.Values[0].device, TimeProvider.System);
        if (elementType != ElementType)
        {
            Replace(tensor => tensor.to(elementType));
            roundedHash = Hash();
        }
    }

    /// <summary>Moves all tensors to another device; a tied head stays one tensor with its embedding.</summary>
    public void MoveTo(torch.Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return;
        }

        Replace(tensor => tensor.to(device));
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAll(tensors.Values);

    /// <summary>Allocates every tensor and fills it, in ordinal order of the names.</summary>
    internal static BaseWeights Create(
        string name, BaseConfiguration configuration, Action<string, torch.Tensor> fill, IReadOnlyList<string>? warnings = null)
    {
        var stored = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var (tensorName, shape) in BaseLayout.Tensors(configuration).OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
            {
                var tensor = torch.empty(shape, dtype: torch.ScalarType.Float32, device: torch.CPU).DetachFromDisposeScope();
                stored.Add(tensorName, tensor);
                fill(tensorName, tensor);
                if (BaseLayout.IsTransposed(configuration, tensorName))
                {
                    // A view: the weights stay once in memory, as the file has them.
                    stored[tensorName] = tensor.t().DetachFromDisposeScope();
                    tensor.Dispose();
                }
            }

            return new BaseWeights(name, configuration, stored, warnings ?? []);
        }
        catch
        {
            DisposeAll(stored.Values);
            throw;
        }
    }

    // Tensors that were one stay one. Each goes as soon as its replacement is there.
    private void Replace(Func<torch.Tensor, torch.Tensor> convert)
    {
        using var noGradient = torch.no_grad();
        var replaced = new Dictionary<torch.Tensor, torch.Tensor>(ReferenceEqualityComparer.Instance);
        var old = tensors;
        foreach (var tensor in old.Values.Where(tensor => !replaced.ContainsKey(tensor)))
        {
            replaced.Add(tensor, convert(tensor).DetachFromDisposeScope());
            tensor.Dispose();
        }

        tensors = old.ToFrozenDictionary(pair => pair.Key, pair => replaced[pair.Value], StringComparer.Ordinal);
    }

    private string Hash()
    {
        using var scope = torch.NewDisposeScope();
        return BaseFingerprint.Compute(Stored());
    }

    // In the shapes of the file; the views that this needs are in the caller's scope.
    private IEnumerable<KeyValuePair<string, torch.Tensor>> Stored() =>
        BaseLayout.Tensors(Configuration).Select(tensor => KeyValuePair.Create(
            tensor.Name, BaseLayout.IsTransposed(Configuration, tensor.Name) ? tensors[tensor.Name].t() : tensors[tensor.Name]));

    private static void DisposeAll(IEnumerable<torch.Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}
