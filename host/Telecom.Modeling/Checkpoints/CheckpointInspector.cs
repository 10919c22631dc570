using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;

namespace Telecom.Modeling.Checkpoints;

/// <summary>Checks and describes checkpoint folders: bases, bundles of trained methods, and adapters in PEFT layout.</summary>
/// <remarks>Executor thread only, like everything that reads tensors.</remarks>
public static class CheckpointInspector
{
    /// <summary>Checks a folder completely, values included.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>One line per problem; empty when the folder is fine.</returns>
    public static IReadOnlyList<string> Verify(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        using var folder = TryOpen(directory, out var reason);
        if (folder is null)
        {
            return [reason];
        }

        folder.CheckValues();
        return [.. folder.Problems];
    }

    /// <summary>Describes a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="CheckpointFormatException">The folder has problems; all are listed. Values are not checked.</exception>
    public static CheckpointDescription Describe(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        using var folder = TryOpen(directory, out var reason) ?? throw new CheckpointFormatException(directory, null, reason);
        using var document = JsonFile.ReadObject(Path.Combine(directory, folder.ConfigurationFileName), folder.Problems);
        if (document is null || folder.Problems.Count > 0)
        {
            throw new CheckpointFormatException(directory, folder.Problems);
        }

        var entries = folder.Tensors.Select(tensor => tensor.Entry).ToArray();
        return new CheckpointDescription
        {
            Kind = folder.Kind,
            Name = folder.Name,
            TensorCount = entries.Length,
            ParameterCount = entries.Sum(entry => entry.ElementCount),
            DataBytes = entries.Sum(entry => entry.ByteCount),
            TensorsByDataType = new SortedDictionary<string, int>(
                entries.GroupBy(entry => entry.DataType.WireName()).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
            Fingerprint = folder.ComputeFingerprint(),
            RequiredBaseFingerprint = folder.RequiredBaseFingerprint,
            Configuration = document.RootElement.Clone(),
            Warnings = [.. folder.Warnings],
        };
    }

    private static InspectedFolder? TryOpen(string directory, out string reason)
    {
        reason = "";
        if (!Directory.Exists(directory))
        {
            reason = "the folder does not exist";
            return null;
        }

        bool Has(string name) => File.Exists(Path.Combine(directory, name));
        if (BundleFolder.Claims(directory))
        {
            return new BundleFolder(directory);
        }

        if (Has(AdapterFolder.ConfigurationName) || Has(AdapterFolder.WeightsName))
        {
            return new AdapterFolder(directory);
        }

        if (Has(BaseConfigurationFile.FileName) || Has(CheckpointFolder.SingleFileName) || Has(CheckpointFolder.IndexFileName))
        {
            return new BaseFolder(directory);
        }

        reason = $"this is no checkpoint folder: a base has {BaseConfigurationFile.FileName}, a bundle {BundleLayout.Card}, "
            + $"an adapter {AdapterFolder.ConfigurationName}";
        return null;
    }
}
