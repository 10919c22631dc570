using System.Text.Json;

namespace Telecom.Modeling.Checkpoints;

/// <summary>The tensors of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    public const string SingleFileName = "model.safetensors";
    public const string IndexFileName = "model.safetensors.index.json";
    private readonly List<SafetensorsFile> files = [];
    private readonly SortedDictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)> tensors = new(StringComparer.Ordinal);

    /// <summary>All tensors by name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)> Tensors => tensors;

    /// <summary>Opens every file of the folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="problems">Receives everything that is wrong; the tensors that could be found are offered all the same.</param>
    /// <param name="warnings">Receives what is odd but harmless.</param>
    public static CheckpointFolder Open(string directory, List<string> problems, List<string> warnings)
    {
        var folder = new CheckpointFolder();
        try
        {
            var single = Path.Combine(directory, SingleFileName);
            var index = Path.Combine(directory, IndexFileName);
            if (File.Exists(single) || !File.Exists(index))
            {
                folder.OpenSingle(single, problems);
            }
            else
            {
                folder.OpenShards(directory, index, problems, warnings);
            }

            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens one file; a broken one becomes a problem.</summary>
    public static SafetensorsFile? TryOpen(string path, List<string> problems)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (CheckpointFormatException exception)
        {
            problems.Add(exception.Shortened);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in files)
        {
            file.Dispose();
        }
    }

    private void OpenSingle(string path, List<string> problems)
    {
        if (!File.Exists(path))
        {
            problems.Add($"neither {SingleFileName} nor {IndexFileName} is there");
        }
        else if (TryOpen(path, problems) is { } file)
        {
            files.Add(file);
            foreach (var entry in file.Entries)
            {
                tensors.Add(entry.Name, (file, entry));
            }
        }
    }

    private void OpenShards(string directory, string index, List<string> problems, List<string> warnings)
    {
        var shards = new SortedDictionary<string, SafetensorsFile?>(StringComparer.Ordinal);
        foreach (var (tensor, shard) in ReadWeightMap(index, problems))
        {
            if (!shards.TryGetValue(shard, out var file))
            {
                shards.Add(shard, file = OpenShard(directory, shard, problems));
            }

            if (file is not null && file.TryGetEntry(tensor, out var entry))
            {
                tensors.Add(tensor, (file, entry));
            }
            else if (file is not null)
            {
                problems.Add($"tensor '{CheckpointFormatException.Show(tensor)}' is not in its shard {shard}");
            }
        }

        foreach (var (shard, file) in shards)
        {
            foreach (var entry in file?.Entries ?? [])
            {
                if (!tensors.TryGetValue(entry.Name, out var found) || found.File != file)
                {
                    var shown = CheckpointFormatException.Show(entry.Name);
                    warnings.Add($"tensor '{shown}' of {shard} is not assigned to it by {IndexFileName} and is ignored");
                }
            }
        }
    }

    private SafetensorsFile? OpenShard(string directory, string shard, List<string> problems)
    {
        if (shard.Length == 0 || shard is "." or ".." || shard.IndexOfAny(['/', '\\', ':', '\0']) >= 0 || Path.IsPathRooted(shard))
        {
            problems.Add($"{IndexFileName}: shard '{CheckpointFormatException.Show(shard)}' must be a plain file name in the same folder");
            return null;
        }

        var path = Path.Combine(directory, shard);
        if (!File.Exists(path))
        {
            problems.Add($"shard {CheckpointFormatException.Show(shard)} is missing");
            return null;
        }

        var file = TryOpen(path, problems);
        if (file is not null)
        {
            files.Add(file);
        }

        return file;
    }

    private static List<(string Tensor, string Shard)> ReadWeightMap(string index, List<string> problems)
    {
        var map = new List<(string, string)>();
        using var document = JsonFile.ReadObject(index, problems);
        if (document is null)
        {
            return map;
        }

        if (!document.RootElement.TryGetProperty("weight_map", out var weights) || weights.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{IndexFileName}: weight_map must be an object that names the shard of each tensor");
            return map;
        }

        foreach (var weight in weights.EnumerateObject())
        {
            if (weight.Value.ValueKind == JsonValueKind.String)
            {
                map.Add((weight.Name, weight.Value.GetString()!));
            }
            else
            {
                problems.Add($"{IndexFileName}: the shard of tensor '{CheckpointFormatException.Show(weight.Name)}' must be a string");
            }
        }

        return map;
    }
}
