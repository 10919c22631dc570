using System.Security.Cryptography;
using Telecom.Modeling.Checkpoints;
using TorchSharp;

namespace Telecom.Modeling.Bases;

/// <summary>Identity of a base: SHA-256 over the float32 bytes of all tensors, little-endian, row-major, in ordinal order of their names.</summary>
/// <remarks>Element type in the file, sharding, a tied output head and the order of storage do not enter; every weight bit does.</remarks>
public static class BaseFingerprint
{
    /// <param name="tensors">Each stored tensor once, of any floating type.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Compute(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors) =>
        Compute(tensors.Select(tensor => (tensor.Key, (Func<torch.Tensor>)(() => tensor.Value.alias()))));

    /// <summary>As the public overload, for tensors that are loaded one at a time and disposed here.</summary>
    internal static string Compute(IEnumerable<(string Name, Func<torch.Tensor> Load)> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var noGradient = torch.no_grad();
        foreach (var (_, load) in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            using var scope = torch.NewDisposeScope();
            Append(hash, load());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, torch.Tensor tensor) =>
        TensorBytes.Visit(tensor.detach().to(torch.CPU).to(torch.ScalarType.Float32).contiguous(), (bytes, _) => hash.AppendData(bytes));
}
