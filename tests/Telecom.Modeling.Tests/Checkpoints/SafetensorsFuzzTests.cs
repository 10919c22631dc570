using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Tests.Checkpoints;

/// <summary>Damaged files give a typed error or a valid read, with memory in proportion to the file.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private const int Trials = 2000;

    // Exceptions with stack traces, streams and the header's strings; a lying size would ask for gigabytes.
    private const long AllocationLimitBytes = 256 * 1024;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Random_byte_changes_are_survived()
    {
        var random = new Random(20_240);
        var original = Original();
        var valid = Survive(() =>
        {
            var bytes = (byte[])original.Clone();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            return bytes;
        });

        // Changed values and changed letters of a name are no errors.
        Assert.InRange(valid, 1, Trials - 1);
    }

    [Fact]
    public void Truncations_and_additions_are_survived()
    {
        var random = new Random(20_241);
        var original = Original();
        var valid = Survive(() => random.Next(3) == 0
            ? [.. original, .. new byte[random.Next(1, 64)]]
            : original[..random.Next(original.Length)]);

        Assert.Equal(0, valid);
    }

    [Fact]
    public void Header_characters_swapped_for_other_header_characters_are_survived()
    {
        // Flipped bits mostly break the JSON; changes within its alphabet reach the rules behind the parser.
        var random = new Random(20_242);
        var original = Original();
        var headerLength = BitConverter.ToInt32(original);
        var alphabet = "0123456789[]{},:\"-eBFIU"u8.ToArray();
        var valid = Survive(() =>
        {
            var bytes = (byte[])original.Clone();
            for (var change = random.Next(1, 3); change > 0; change--)
            {
                bytes[8 + random.Next(headerLength)] = alphabet[random.Next(alphabet.Length)];
            }

            return bytes;
        });

        Assert.InRange(valid, 1, Trials - 1);
    }

    private static byte[] Original()
    {
        using var made = new TemporaryFolder();
        new SafetensorsWriter()
            .Add("model.norm.weight", SafetensorsDataType.F32, [4], new byte[16])
            .Add("half", SafetensorsDataType.BF16, [2, 3], new byte[12])
            .Add("empty", SafetensorsDataType.I64, [0, 5], Array.Empty<byte>())
            .Add("scalar", SafetensorsDataType.F64, [], new byte[8])
            .Add("flags", SafetensorsDataType.Bool, [3], new byte[3])
            .Write(made.File("original"));
        return File.ReadAllBytes(made.File("original"));
    }

    private int Survive(Func<byte[]> next)
    {
        var valid = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var path = folder.Write("damaged.safetensors", next());
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var file = SafetensorsFile.Open(path);
                ReadEverything(file);
                valid++;
            }
            catch (CheckpointFormatException)
            {
                // The typed error is the other permitted outcome.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationLimitBytes);
        }

        return valid;
    }

    private static void ReadEverything(SafetensorsFile file)
    {
        foreach (var entry in file.Entries)
        {
            Assert.Equal(entry.ByteCount, file.GetBytes(entry.Name).ToArray().Length);
            using var tensor = file.Load(entry.Name);
            Assert.Equal(entry.Shape, tensor.shape);
        }
    }
}
