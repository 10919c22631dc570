using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Modeling.Bundles;

/// <summary>Fills a set of tensors from a file that must hold exactly these: all of them or none.</summary>
internal static class TensorFileLoader
{
    /// <param name="path">A safetensors file.</param>
    /// <param name="owner">Whose tensors they are, for the message.</param>
    /// <param name="wanted">Destinations by their names in the file.</param>
    /// <param name="ignored">Tensors of the file that may be there without being wanted; null for none.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.CheckpointInvalid"/> for a damaged file, <see cref="ErrorCode.BundleInvalid"/> naming every tensor that does not fit.
    /// </exception>
    public static void Load(
        string path, string owner, IEnumerable<KeyValuePair<string, torch.Tensor>> wanted, Func<string, bool>? ignored = null)
    {
        using var file = SafetensorsFile.Open(path);
        Load(file, owner, wanted, ignored);
    }

    /// <inheritdoc cref="Load(string, string, IEnumerable{KeyValuePair{string, torch.Tensor}}, Func{string, bool}?)"/>
    public static void Load(
        SafetensorsFile file, string owner, IEnumerable<KeyValuePair<string, torch.Tensor>> wanted, Func<string, bool>? ignored = null)
    {
        var path = file.Path;
        var destinations = wanted.ToDictionary(StringComparer.Ordinal);
        var misfits = Misfits(file, destinations, ignored).ToArray();
        if (misfits.Length > 0)
        {
            throw new BundleInvalidException($"{path} does not fit {owner}", misfits);
        }

        // Values are read aside first: a file with a non-finite value must not leave half of its tensors in a serving model.
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var values = destinations.Keys.ToDictionary(name => name, file.Load, StringComparer.Ordinal);
        var bad = values.Where(pair => !pair.Value.isfinite().all().item<bool>()).Select(pair => $"tensor '{pair.Key}' has values that are not finite").ToArray();
        if (bad.Length > 0)
        {
            throw new BundleInvalidException(path, bad);
        }

        if (values.FirstOrDefault(pair => !IsExact(pair.Value, destinations[pair.Key])) is { Key: { } inexact })
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{path}: tensor '{inexact}' must hold whole numbers.");
        }

        foreach (var (name, destination) in destinations)
        {
            destination.copy_(values[name]);
        }
    }

    private static IEnumerable<string> Misfits(
        SafetensorsFile file, Dictionary<string, torch.Tensor> destinations, Func<string, bool>? ignored)
    {
        foreach (var name in destinations.Keys.Where(name => !file.TryGetEntry(name, out _)))
        {
            yield return $"tensor '{name}' is missing";
        }

        foreach (var entry in file.Entries.Where(entry => ignored?.Invoke(entry.Name) is not true))
        {
            var shown = $"tensor '{CheckpointFormatException.Show(entry.Name)}'";
            if (!destinations.TryGetValue(entry.Name, out var tensor))
            {
                yield return $"{shown} is not expected";
            }
            else if (Misfit(entry.Shape, entry.DataType, tensor) is { } misfit)
            {
                yield return $"{shown} is {misfit}";
            }
        }
    }

    /// <returns>What stored values are instead of what the tensor holds; null when they fit.</returns>
    public static string? Misfit(IReadOnlyList<long> shape, SafetensorsDataType type, torch.Tensor tensor) =>
        !tensor.shape.SequenceEqual(shape) ? $"[{string.Join(", ", shape)}], expected [{string.Join(", ", tensor.shape)}]"
        : type.ToScalarType() != tensor.dtype && !(IsFloat(type) && CanHoldFloats(tensor)) ? $"{type.WireName()}, expected {tensor.dtype}"
        : null;

    // Indices are int32; files that PEFT wrote on Windows have them as floats.
    private static bool CanHoldFloats(torch.Tensor tensor) => tensor.is_floating_point() || tensor.dtype == torch.int32;

    /// <summary>Whether a destination of whole numbers can hold the value as it is; any other can.</summary>
    internal static bool IsExact(torch.Tensor value, torch.Tensor destination) =>
        !value.is_floating_point() || destination.is_floating_point() || value.eq(value.to(destination.dtype).to(value.dtype)).all().item<bool>();

    private static bool IsFloat(SafetensorsDataType type) =>
        type is SafetensorsDataType.F16 or SafetensorsDataType.BF16 or SafetensorsDataType.F32 or SafetensorsDataType.F64;
}
