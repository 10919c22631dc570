namespace Telecom.Modeling.Checkpoints;

/// <summary>Rules that the entries of one file must obey together and each for itself.</summary>
internal static class SafetensorsLayout
{
    /// <summary>Bytes that a tensor of this shape occupies.</summary>
    /// <returns>False when the number does not fit into 63 bits, zero sizes counted as one: no tensor library can address such a shape.</returns>
    public static bool TryByteCount(SafetensorsDataType dataType, IReadOnlyList<long> shape, out long byteCount)
    {
        var extent = (UInt128)dataType.ByteSize();
        var empty = false;
        byteCount = 0;
        foreach (var size in shape)
        {
            empty |= size == 0;
            extent *= (UInt128)Math.Max(size, 1);
            if (extent > (UInt128)long.MaxValue)
            {
                return false;
            }
        }

        byteCount = empty ? 0 : (long)extent;
        return true;
    }

    /// <summary>Puts <paramref name="entries"/> into file order and checks that they tile the data section exactly.</summary>
    /// <exception cref="CheckpointFormatException">There is a hole, an overlap, or bytes that belong to no tensor.</exception>
    public static void SortAndCheckTiling(List<SafetensorsEntry> entries, long dataLength, string path)
    {
        var ordered = entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToArray();
        entries.Clear();
        entries.AddRange(ordered);
        var expected = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != expected)
            {
                var problem = entry.Begin < expected ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new CheckpointFormatException(path, entry.Name, $"its data begin at byte {entry.Begin}, expected {expected}: {problem}.");
            }

            expected = entry.End;
        }

        if (expected != dataLength)
        {
            throw new CheckpointFormatException(path, null, expected < dataLength
                ? $"{dataLength - expected} bytes after the last tensor belong to no tensor."
                : $"the tensors need {expected} data bytes but the file has {dataLength}: it is truncated.");
        }
    }
}
