using System.Globalization;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bundles;

/// <summary>An adapter in plain memory: read and its values checked, not yet tensors. Made on any thread, immutable.</summary>
/// <remarks>Names and shapes are compared when it is placed, since only its method knows them; until then <see cref="Problems"/> is not complete.</remarks>
public sealed class StagedAdapter
{
    private const string BaseLayerSuffix = ".base_layer.weight";
    private readonly Dictionary<string, StagedTensor> tensors = new(StringComparer.Ordinal);
    private readonly List<string> problems = [];

    /// <param name="file">Its weights.</param>
    /// <param name="method">How it was made.</param>
    /// <param name="targets">What it adapts.</param>
    /// <param name="mismatch">Why it does not belong to the base; null when it does.</param>
    /// <param name="maxRank">Largest rank that is accepted.</param>
    internal StagedAdapter(SafetensorsFile file, IAdapterMethod method, PeftTargets targets, string? mismatch, int maxRank)
    {
        (Method, Targets, Place) = (method, targets, file.Path);
        if (mismatch is not null)
        {
            problems.Add(mismatch);
        }

        if (Rank > maxRank)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"its rank {Rank} is above the limit of {maxRank}"));
        }

        foreach (var entry in file.Entries.Where(entry => !entry.Name.EndsWith(BaseLayerSuffix, StringComparison.Ordinal)))
        {
            Keep(file, entry);
        }
    }

    /// <summary>How it was made and is served.</summary>
    public IAdapterMethod Method { get; }

    /// <summary>Largest rank r of its layers; 0 where none has one.</summary>
    public int Rank => Targets.Linears.Select(linear => linear.Settings.Rank).DefaultIfEmpty().Max();

    /// <summary>
    /// Memory of its tensors on a device, at most: its values as float32, twice where the method keeps its start beside them, and all of that once
    /// more where the factors are also kept in the form in which they are served.
    /// </summary>
    public long DeviceBytes =>
        tensors.Values.Sum(tensor => tensor.ElementCount) * sizeof(float)
        * (Method is PissaMethod or OloraMethod ? 2 : 1)
        * (Method.Kind is AdapterKind.LowRank or AdapterKind.ScaledLowRank ? 2 : 1);

    /// <summary>What is wrong as far as it is known without building it.</summary>
    internal IReadOnlyList<string> Problems => problems;

    /// <summary>What it adapts.</summary>
    internal PeftTargets Targets { get; }

    /// <summary>Names of its tensors.</summary>
    internal IEnumerable<string> Names => tensors.Keys;

    /// <summary>File it came from, for messages.</summary>
    internal string Place { get; }

    /// <summary>Starts turning it into tensors on the device of a base.</summary>
    /// <param name="weights">The base that it was staged for.</param>
    public AdapterPlacing BeginPlacing(BaseWeights weights) => new(this, weights);

    /// <returns>The values of a tensor by the name that its method gives it, or by that of another version of PEFT.</returns>
    internal StagedTensor? Find(string name, out string stored)
    {
        stored = PeftTypes.OtherNames(name).FirstOrDefault(tensors.ContainsKey) ?? name;
        return tensors.GetValueOrDefault(stored);
    }

    private void Keep(SafetensorsFile file, SafetensorsEntry entry)
    {
        var shown = $"tensor '{CheckpointFormatException.Show(entry.Name)}'";
        if (entry.ByteCount > Array.MaxLength)
        {
            problems.Add($"{shown} is larger than 2 GiB");
            return;
        }

        var tensor = new StagedTensor(entry.DataType, [.. entry.Shape], file.GetBytes(entry.Name).ToArray());
        tensors.Add(entry.Name, tensor);
        if (!tensor.IsFinite())
        {
            problems.Add($"{shown} has values that are not finite");
        }
    }
}
