using System.Globalization;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;
using Telecom.Sdk.Tensors;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>
/// Tensor form. In: <c>chunk_index</c>, <c>last_level</c> int32 [B, 1]; <c>buffer_seconds</c> float64 [B, 1]; <c>history</c> float64 [B, H, 2] with sizes
/// in bytes and delays in ms, oldest first, rows of zeros for missing downloads, H ≤ 6; <c>ladder_kbps</c> float64 [B, M]; <c>sizes_bytes</c> int32
/// [B, M, K]. Out: <c>level</c> int32 [B, 1], <c>bitrate_kbps</c> float64 [B, 1]. Chunks last 4 s; contexts and targets need the JSON form.
/// </summary>
internal sealed class AbrTensors : ITensorView<AbrRequest, AbrDecision>
{
    public TensorSignature Signature { get; } = new(
        [
            new("chunk_index", TensorDataType.Int32, [-1, 1]),
            new("last_level", TensorDataType.Int32, [-1, 1]),
            new("buffer_seconds", TensorDataType.Fp64, [-1, 1], "s"),
            new("history", TensorDataType.Fp64, [-1, -1, 2], "byte, ms"),
            new("ladder_kbps", TensorDataType.Fp64, [-1, -1], "kbit/s"),
            new("sizes_bytes", TensorDataType.Int32, [-1, -1, -1], "byte"),
        ],
        [
            new("level", TensorDataType.Int32, [-1, 1]),
            new("bitrate_kbps", TensorDataType.Fp64, [-1, 1], "kbit/s"),
        ]);

    public AbrRequest[] Read(IReadOnlyList<TensorValue> inputs)
    {
        var rows = (int)inputs[0].Shape[0];
        var requests = new AbrRequest[rows];
        for (var row = 0; row < rows; row++)
        {
            var errors = new InputErrors();
            var document = Document(inputs, row);
            requests[row] = AbrCodec.Read(document, errors);
            if (!errors.None)
            {
                throw new InvalidInputException([.. errors.All.Select(error => error with { Pointer = Tensor(error.Pointer, row) })]);
            }
        }

        return requests;
    }

    public IReadOnlyList<TensorValue> Write(ReadOnlySpan<AbrDecision> answers)
    {
        var (levels, bitrates) = (new int[answers.Length], new double[answers.Length]);
        for (var row = 0; row < answers.Length; row++)
        {
            (levels[row], bitrates[row]) = (answers[row].Level, answers[row].BitrateKbps);
        }

        return [new("level", [answers.Length, 1], levels), new("bitrate_kbps", [answers.Length, 1], bitrates)];
    }

    private static AbrRequestDocument Document(IReadOnlyList<TensorValue> inputs, int row) => new()
    {
        ChunkIndex = ((int[])inputs[0].Data)[row],
        LastLevel = ((int[])inputs[1].Data)[row],
        BufferSeconds = ((double[])inputs[2].Data)[row],
        History = Downloads(inputs[3], row),
        Video = new()
        {
            LadderKbps = Row<double>(inputs[4], row).ToArray(),
            SizesBytes = Sizes(inputs[5], row),
        },
    };

    private static List<AbrDownloadDocument> Downloads(TensorValue history, int row)
    {
        var values = Row<double>(history, row);
        var downloads = new List<AbrDownloadDocument>();
        for (var i = 0; i < values.Length; i += 2)
        {
            if (values[i] != 0 || values[i + 1] != 0)
            {
                downloads.Add(new() { SizeBytes = values[i], DelayMs = values[i + 1] });
            }
        }

        return downloads;
    }

    private static int[][] Sizes(TensorValue sizes, int row)
    {
        var (levels, chunks) = ((int)sizes.Shape[1], (int)sizes.Shape[2]);
        var values = Row<int>(sizes, row);
        var lists = new int[levels][];
        for (var level = 0; level < levels; level++)
        {
            lists[level] = values.Slice(level * chunks, chunks).ToArray();
        }

        return lists;
    }

    private static ReadOnlySpan<T> Row<T>(TensorValue tensor, int row)
    {
        var size = tensor.Data.Length / (int)tensor.Shape[0];
        return ((T[])tensor.Data).AsSpan(row * size, size);
    }

    // Errors name members of the JSON form; a tensor and its row is what the caller knows.
    private static string Tensor(string pointer, int row)
    {
        var (name, rest) = pointer switch
        {
            _ when pointer.StartsWith("/chunkIndex", StringComparison.Ordinal) => ("chunk_index", string.Empty),
            _ when pointer.StartsWith("/lastLevel", StringComparison.Ordinal) => ("last_level", string.Empty),
            _ when pointer.StartsWith("/bufferSeconds", StringComparison.Ordinal) => ("buffer_seconds", string.Empty),
            _ when pointer.StartsWith("/history", StringComparison.Ordinal) => ("history", pointer["/history".Length..]),
            _ when pointer.StartsWith("/video/ladderKbps", StringComparison.Ordinal) => ("ladder_kbps", pointer["/video/ladderKbps".Length..]),
            _ => ("sizes_bytes", string.Empty),
        };
        return string.Create(CultureInfo.InvariantCulture, $"/{name}/{row}{rest}");
    }
}
