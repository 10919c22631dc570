using System.Globalization;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>Loading a checkpoint of 1 GB from the page cache against copying the same bytes in memory (adapters.md 2.1).</summary>
public sealed class CheckpointSuite : IMeasurementSuite
{
    private const int TensorCount = 64;
    private const int Side = 2048;
    private const long TensorBytes = (long)Side * Side * sizeof(float);

    /// <inheritdoc/>
    public string Name => "checkpoint";

    /// <inheritdoc/>
    public string Description => "loading 1 GB of tensors from a warm page cache, against memcpy of the same bytes";

    /// <inheritdoc/>
    public IReadOnlyList<MeasurementTable> Run(IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("telecom-bench-");
        try
        {
            using var scope = NewDisposeScope();
            var path = Path.Combine(folder.FullName, "model.safetensors");
            progress.Report(new ProgressReport("writing 1 GB", 0, 0));
            var source = Enumerable.Range(0, TensorCount).Select(_ => ones([Side, Side])).ToArray();
            SafetensorsWriter.Write(path, source.Select((tensor, i) => KeyValuePair.Create($"tensor.{i:00}", tensor)));
            var extra = 0L;
            return
            [
                new InterleavedRounds(rounds: 7).Measure(
                    "1 GB in 64 tensors of float32",
                    [
                        new("memcpy into new tensors", () => Copy(source)),
                        new("load from a warm page cache", () => extra = Math.Max(extra, Load(path)), 0.8)
                        {
                            Note = () => string.Create(
                                CultureInfo.InvariantCulture,
                                $"peak extra memory {extra / 1048576.0:0.0} MiB, largest tensor {TensorBytes / 1048576.0:0.0} MiB"),
                        },
                    ],
                    progress,
                    cancellationToken),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // All stay until the scope ends, as those of a loaded model would.
    private static void Copy(Tensor[] source)
    {
        foreach (var tensor in source)
        {
            var destination = empty(tensor.shape);
            tensor.bytes.CopyTo(destination.bytes);
        }
    }

    /// <returns>Most memory beyond the tensors themselves, after any of them.</returns>
    private static long Load(string path)
    {
        var (before, loaded, extra) = (PrivateBytes(), 0L, 0L);
        using var file = SafetensorsFile.Open(path);
        foreach (var entry in file.Entries)
        {
            file.Load(entry.Name);
            loaded += entry.ByteCount;
            extra = Math.Max(extra, PrivateBytes() - before - loaded);
        }

        return extra;
    }

    // Anonymous memory: pages of the mapped file belong to the page cache.
    private static long PrivateBytes()
    {
        const string Field = "RssAnon:";
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            return Environment.WorkingSet;
        }

        var line = File.ReadLines(Status).First(text => text.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Field.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
