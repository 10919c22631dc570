using System.Diagnostics;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Bundles;

/// <summary>An adapter that becomes tensors layer by layer, so that serving has its turns in between. Executor thread only.</summary>
public sealed class AdapterPlacing : IDisposable
{
    private readonly StagedAdapter staged;
    private readonly BaseWeights weights;
    private readonly List<string> problems;
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly IEnumerator<bool> parts;
    private Adapter? adapter;
    private bool isTaken;

    internal AdapterPlacing(StagedAdapter staged, BaseWeights weights)
    {
        this.staged = staged;
        this.weights = weights;
        problems = [.. staged.Problems];
        parts = Parts().GetEnumerator();
    }

    /// <summary>Places one part after the other until the time is over; at least one.</summary>
    /// <returns>The finished adapter, which is the caller's; null while parts are left.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.AdapterInvalid"/> with everything that is wrong with the adapter.</exception>
    public Adapter? Continue(TimeSpan slice)
    {
        var began = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        do
        {
            if (!parts.MoveNext())
            {
                isTaken = true;
                return adapter;
            }
        }
        while (Stopwatch.GetElapsedTime(began) < slice);
        return null;
    }

    /// <summary>Frees what was placed unless it was taken.</summary>
    public void Dispose()
    {
        parts.Dispose();
        if (!isTaken)
        {
            adapter?.Dispose();
        }
    }

    /// <returns>False when the destination holds whole numbers and the values are none.</returns>
    private static bool TryCopy(StagedTensor values, Tensor destination)
    {
        if (destination.device_type == TorchSharp.DeviceType.CPU && destination.dtype == values.DataType.ToScalarType())
        {
            values.Bytes.CopyTo(destination.bytes);
            return true;
        }

        using var staging = empty(values.Shape, dtype: values.DataType.ToScalarType(), device: CPU);
        values.Bytes.CopyTo(staging.bytes);
        if (!TensorFileLoader.IsExact(staging, destination))
        {
            return false;
        }

        destination.copy_(staging);
        return true;
    }

    // Scope and gradient mode are the caller's: they belong to a thread's stack, which does not last from part to part.
    private IEnumerable<bool> Parts()
    {
        if (problems.Count > 0)
        {
            throw Invalid();
        }

        var targets = staged.Targets;
        adapter = new Adapter(
            staged.Method,
            [.. targets.Replaced.Select(linear => LinearSite.Of(weights, linear.Layer, linear.Target))],
            targets.Vocabulary is { } vocabulary ? new AdaptedVocabulary(vocabulary, weights.Tensors.Values.First().device) : null);
        targets.AddNorms(adapter, weights);
        yield return true;
        var placements = targets.Linears
            .Select(linear => new AdapterPlacement(LinearSite.Of(weights, linear.Layer, linear.Target), linear.Settings)).ToArray();
        foreach (var part in adapter.Build(placements, seed: 0))
        {
            yield return part;
        }

        foreach (var (name, tensor) in adapter.Saved)
        {
            Fill(name, tensor);
            yield return true;
        }

        problems.AddRange(staged.Names.Where(name => !used.Contains(name)).Select(name => $"{Shown(name)} is not expected"));
        if (problems.Count > 0)
        {
            throw Invalid();
        }

        Accept();
        foreach (var part in adapter.PrepareServing(weights))
        {
            yield return part;
        }
    }

    private void Fill(string name, Tensor destination)
    {
        var values = staged.Find(name, out var stored);
        used.Add(stored);
        if (values is null)
        {
            problems.Add($"{Shown(name)} is missing");
        }
        else if (TensorFileLoader.Misfit(values.Shape, values.DataType, destination) is { } misfit)
        {
            problems.Add($"{Shown(stored)} is {misfit}");
        }
        else if (!TryCopy(values, destination))
        {
            problems.Add($"{Shown(stored)} must hold whole numbers");
        }
    }

    // What only the method can judge, such as places outside of a weight.
    private void Accept()
    {
        try
        {
            adapter!.Accept();
        }
        catch (TelecomException exception) when (exception.Code == ErrorCode.BundleInvalid)
        {
            problems.Add(exception.Message.TrimEnd('.'));
            throw Invalid();
        }
    }

    private static string Shown(string name) => $"tensor '{CheckpointFormatException.Show(name)}'";

    private TelecomException Invalid() => new(ErrorCode.AdapterInvalid, $"{staged.Place}: {string.Join("; ", problems)}.");
}
