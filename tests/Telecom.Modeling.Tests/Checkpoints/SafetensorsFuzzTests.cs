using System.Globalization;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Tests.Checkpoints;

/// <summary>100 000 damaged files, each of which gives a typed error or a valid read, with memory in proportion to the file (adapters.md 6).</summary>
public sealed class SafetensorsFuzzTests
{
    private const int Trials = 20_000;

    // An exception with its stack trace and message, and the parser's buffers; a lying size would ask for gigabytes.
    private const long AllocationAllowance = 48 * 1024;
    private const long AllocationPerByte = 48;

    // Every rule behind the JSON parser is written with these.
    private static readonly byte[] HeaderAlphabet = [.. "0123456789[]{},:\"-eBFIU"u8];
    private static readonly byte[][] Originals = [AllTypes(), Scalars(), Named(), NoTensors(), Matrices()];

    [Fact]
    public void Bits_flipped_anywhere_are_survived()
    {
        var outcome = Survive(1, (random, bytes) =>
        {
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            return bytes;
        });

        // Changed values and changed letters of a name are no errors.
        Assert.InRange(outcome.Valid, Trials / 20, Trials - 1);
    }

    [Fact]
    public void Bits_flipped_in_length_and_header_are_survived()
    {
        var outcome = Survive(2, (random, bytes) =>
        {
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(8 + HeaderLength(bytes))] ^= (byte)(1 << random.Next(8));
                if (HeaderLength(bytes) is < 0 or > 100_000 || 8 + HeaderLength(bytes) > bytes.Length)
                {
                    break;
                }
            }

            return bytes;
        });

        Assert.InRange(outcome.Refused, Trials / 2, Trials - 1);
    }

    [Fact]
    public void Truncations_and_additions_are_refused()
    {
        var outcome = Survive(3, (random, bytes) => random.Next(3) == 0
            ? [.. bytes, .. new byte[random.Next(1, 64)]]
            : bytes[..random.Next(bytes.Length)]);

        Assert.Equal(0, outcome.Valid);
    }

    [Fact]
    public void Header_characters_swapped_for_other_header_characters_are_survived()
    {
        // Flipped bits mostly break the JSON; changes within its alphabet reach the rules behind the parser.
        var outcome = Survive(4, (random, bytes) =>
        {
            for (var change = random.Next(1, 3); change > 0; change--)
            {
                bytes[8 + random.Next(HeaderLength(bytes))] = HeaderAlphabet[random.Next(HeaderAlphabet.Length)];
            }

            return bytes;
        });

        Assert.InRange(outcome.Valid, 1, Trials - 1);
    }

    [Fact]
    public void Numbers_of_the_header_replaced_by_others_of_any_size_are_survived()
    {
        var outcome = Survive(5, (random, bytes) =>
        {
            var header = HeaderLength(bytes);
            var digits = Enumerable.Range(8, header).Where(at => bytes[at] is >= (byte)'0' and <= (byte)'9').ToArray();
            if (digits.Length == 0)
            {
                return bytes;
            }

            var at = digits[random.Next(digits.Length)];
            var number = random.Next(3) switch
            {
                0 => random.Next(40).ToString(CultureInfo.InvariantCulture),
                1 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
                _ => new string('9', random.Next(1, 25)),
            };
            byte[] changed = [.. bytes.AsSpan(8, at - 8), .. number.Select(digit => (byte)digit), .. bytes.AsSpan(at + 1, header + 7 - at)];
            return [.. BitConverter.GetBytes((ulong)changed.Length), .. changed, .. bytes.AsSpan(8 + header)];
        });

        Assert.InRange(outcome.Refused, Trials / 2, Trials - 1);
    }

    [Fact]
    public void Undamaged_originals_are_read() => Assert.All(Originals, original =>
    {
        using var file = SafetensorsFile.Read("original", original);
        ReadEverything(file);
    });

    private static int HeaderLength(byte[] bytes) => BitConverter.ToInt32(bytes);

    private static (int Valid, int Refused) Survive(int seed, Func<Random, byte[], byte[]> damage)
    {
        var random = new Random(seed);
        var (valid, refused) = (0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            var bytes = damage(random, (byte[])Originals[trial % Originals.Length].Clone());
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var file = SafetensorsFile.Read("damaged", bytes);
                ReadEverything(file);
                valid++;
            }
            catch (CheckpointFormatException)
            {
                refused++;
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > AllocationAllowance + (AllocationPerByte * bytes.Length))
            {
                Assert.Fail($"Trial {trial} of seed {seed} allocated {allocated} bytes for a file of {bytes.Length}.");
            }
        }

        return (valid, refused);
    }

    // The element types of the file are those of the tensors, so their bytes are bounded by the file too.
    private static void ReadEverything(SafetensorsFile file)
    {
        foreach (var entry in file.Entries)
        {
            using var tensor = file.Load(entry.Name);
            if (!tensor.shape.AsSpan().SequenceEqual(entry.Shape.ToArray()) || file.GetBytes(entry.Name).Length != entry.ByteCount)
            {
                Assert.Fail($"Tensor '{entry.Name}' was not read as its description says.");
            }
        }
    }

    private static byte[] AllTypes()
    {
        var writer = new SafetensorsWriter();
        foreach (var type in Enum.GetValues<SafetensorsDataType>())
        {
            writer.Add($"layer.{type.WireName()}", type, [3], new byte[3 * type.ByteSize()]);
        }

        return Written(writer);
    }

    private static byte[] Scalars() => Written(new SafetensorsWriter()
        .Add("scalar", SafetensorsDataType.F64, [], new byte[8])
        .Add("flag", SafetensorsDataType.Bool, [], new byte[1])
        .Add("empty", SafetensorsDataType.I64, [0, 5], Array.Empty<byte>())
        .Add("also.empty", SafetensorsDataType.F16, [4, 0, 2], Array.Empty<byte>())
        .Add("ones", SafetensorsDataType.U8, [1, 1, 1, 1], new byte[1]));

    private static byte[] Named() => Written(new SafetensorsWriter()
        .AddMetadata("made by", "a test, with \"quotes\", \\ and ünïcödé")
        .AddMetadata("empty", "")
        .Add("", SafetensorsDataType.F32, [1], new byte[4])
        .Add("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", SafetensorsDataType.BF16, [2, 3], new byte[12])
        .Add("naïve \"name\" \u0001", SafetensorsDataType.I32, [2], new byte[8]));

    private static byte[] NoTensors() => Written(new SafetensorsWriter().AddMetadata("why", "nothing was trained"));

    private static byte[] Matrices()
    {
        var writer = new SafetensorsWriter();
        for (var layer = 0; layer < 8; layer++)
        {
            writer.Add($"model.layers.{layer}.norm.weight", layer % 2 == 0 ? SafetensorsDataType.F32 : SafetensorsDataType.F16, [2, 5], new byte[layer % 2 == 0 ? 40 : 20]);
        }

        return Written(writer);
    }

    private static byte[] Written(SafetensorsWriter writer)
    {
        using var folder = new TemporaryFolder();
        writer.Write(folder.File("original"));
        return File.ReadAllBytes(folder.File("original"));
    }
}
