using System.Buffers.Binary;
using System.Text;
using Telecom.Modeling.Checkpoints;
using TorchSharp;

namespace Telecom.Modeling.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<torch.ScalarType> AllTypes =>
    [
        torch.ScalarType.Bool, torch.ScalarType.Byte, torch.ScalarType.Int8, torch.ScalarType.Int16, torch.ScalarType.Int32, torch.ScalarType.Int64,
        torch.ScalarType.Float16, torch.ScalarType.BFloat16, torch.ScalarType.Float32, torch.ScalarType.Float64,
    ];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        new SafetensorsWriter()
            .Add("b", SafetensorsDataType.U8, [3], new byte[] { 1, 2, 3 })
            .Add("a", SafetensorsDataType.F32, [], BitConverter.GetBytes(1f))
            .Write(folder.File("file.safetensors"));

        // The header is padded with spaces to a multiple of 8.
        const string Header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}""";
        var length = (Header.Length + 7) / 8 * 8;
        byte[] expected = [.. SafetensorsBytes.Prefix((ulong)length), .. Encoding.ASCII.GetBytes(Header.PadRight(length)), 0, 0, 128, 63, 1, 2, 3];
        Assert.Equal(expected, File.ReadAllBytes(folder.File("file.safetensors")));
    }

    [Fact]
    public void Wide_types_come_first_then_names_in_ordinal_order()
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(folder.File("file.safetensors"), new Dictionary<string, torch.Tensor>
        {
            ["z.byte"] = torch.zeros(3, dtype: torch.ScalarType.Byte),
            ["b.half"] = torch.zeros(1, dtype: torch.ScalarType.Float16),
            ["a.brain"] = torch.zeros(1, dtype: torch.ScalarType.BFloat16),
            ["é.single"] = torch.zeros(1),
            ["Z.single"] = torch.zeros(1),
            ["a.int"] = torch.zeros(1, dtype: torch.ScalarType.Int32),
            ["y.long"] = torch.zeros(1, dtype: torch.ScalarType.Int64),
            ["a.bool"] = torch.zeros(1, dtype: torch.ScalarType.Bool),
            ["c.short"] = torch.zeros(1, dtype: torch.ScalarType.Int16),
        });

        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));

        Assert.Equal(
            ["y.long", "Z.single", "a.int", "é.single", "a.brain", "b.half", "c.short", "a.bool", "z.byte"],
            file.Entries.Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a longer name")]
    [InlineData("name \"with\" \\ escapes \u0001 and ünïcödé 🛰")]
    [InlineData("")]
    public void Every_tensor_starts_at_a_multiple_of_its_width(string name)
    {
        new SafetensorsWriter().Add(name, SafetensorsDataType.F64, [1], new byte[8]).AddMetadata("k", "v").Write(folder.File("file.safetensors"));

        var bytes = File.ReadAllBytes(folder.File("file.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));

        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8);
        Assert.Equal(name, file.Entries[0].Name);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("v", file.Metadata["k"]);
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Tensors_of_every_type_and_shape_come_back_bit_for_bit(torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        long[][] shapes = [[], [1], [0], [3, 0, 2], [5, 7], [2, 3, 4, 5]];
        var tensors = shapes.Select((shape, index) => (Name: $"t{index}", Value: torch.randint(0, 2, shape).to(type)))
            .ToDictionary(tensor => tensor.Name, tensor => tensor.Value);
        SafetensorsWriter.Write(folder.File("file.safetensors"), tensors);

        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));

        Assert.All(tensors, tensor =>
        {
            using var loaded = file.Load(tensor.Key);
            Assert.Equal(type, loaded.dtype);
            Assert.Equal(tensor.Value.shape, loaded.shape);
            Assert.Equal(tensor.Value.bytes.ToArray(), loaded.bytes.ToArray());
        });
    }

    [Fact]
    public void Special_values_keep_their_bits()
    {
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon, BitConverter.UInt32BitsToSingle(0x7FC12345)];
        using var tensor = torch.tensor(special);
        SafetensorsWriter.Write(folder.File("file.safetensors"), [KeyValuePair.Create("special", tensor)]);

        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));

        Assert.Equal(tensor.bytes.ToArray(), file.GetBytes("special").ToArray());
    }

    [Fact]
    public void Views_and_parameters_are_written_as_they_read()
    {
        using var scope = torch.NewDisposeScope();
        var matrix = torch.arange(6, dtype: torch.ScalarType.Float32).reshape(2, 3);
        var parameter = new TorchSharp.Modules.Parameter(torch.ones(2));
        var tensors = new Dictionary<string, torch.Tensor> { ["transposed"] = matrix.t(), ["parameter"] = parameter };
        SafetensorsWriter.Write(folder.File("file.safetensors"), tensors);

        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));

        Assert.Equal([3, 2], file.GetEntry("transposed").Shape);
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], file.Load("transposed").data<float>().ToArray());
        Assert.Equal([1f, 1f], file.Load("parameter").data<float>().ToArray());
    }

    [Fact]
    public void Copying_converts_the_type_and_follows_the_layout_of_the_destination()
    {
        using var scope = torch.NewDisposeScope();
        var source = torch.arange(6, dtype: torch.ScalarType.BFloat16).reshape(2, 3);
        SafetensorsWriter.Write(folder.File("file.safetensors"), [KeyValuePair.Create("t", source)]);
        var single = torch.empty(2, 3);
        var transposed = torch.empty(3, 2).t();
        var trainable = torch.zeros(2, 3, requires_grad: true);

        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));
        file.CopyTo("t", single);
        file.CopyTo("t", transposed);
        file.CopyTo("t", trainable);

        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], single.data<float>().ToArray());
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], transposed.contiguous().data<float>().ToArray());
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], trainable.detach().data<float>().ToArray());
        Assert.True(trainable.is_leaf);
    }

    [Fact]
    public void Copying_into_another_shape_is_refused_by_name()
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(folder.File("file.safetensors"), [KeyValuePair.Create("t", torch.zeros(2, 3))]);
        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));

        var error = Assert.Throws<CheckpointFormatException>(() => file.CopyTo("t", torch.zeros(3, 2)));

        Assert.Contains("tensor 't': has shape [2, 3], expected [3, 2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_leaves_no_tensors_behind()
    {
        using var half = torch.zeros(4, 4, dtype: torch.ScalarType.Float16);
        using var destination = torch.zeros(4, 4);
        SafetensorsWriter.Write(folder.File("file.safetensors"), [KeyValuePair.Create("t", half)]);
        using var file = SafetensorsFile.Open(folder.File("file.safetensors"));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var trial = 0; trial < 100; trial++)
        {
            file.CopyTo("t", destination);
            file.Load("t").Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_file_is_replaced_in_one_step_while_it_is_mapped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not replace mapped files.");
        var path = folder.File("file.safetensors");
        new SafetensorsWriter().Add("a", SafetensorsDataType.U8, [4], new byte[] { 1, 2, 3, 4 }).Write(path);
        using var old = SafetensorsFile.Open(path);

        new SafetensorsWriter().Add("a", SafetensorsDataType.U8, [1], new byte[] { 9 }).Write(path);

        using var renewed = SafetensorsFile.Open(path);
        Assert.Equal([1, 2, 3, 4], old.GetBytes("a").ToArray());
        Assert.Equal([9], renewed.GetBytes("a").ToArray());
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var path = folder.File("file.safetensors");
        new SafetensorsWriter().Add("a", SafetensorsDataType.U8, [1], new byte[] { 7 }).Write(path);
        var before = File.ReadAllBytes(path);
        var disposed = torch.zeros(2);
        var writer = new SafetensorsWriter().Add("a", SafetensorsDataType.I64, [1], new byte[8]).Add("gone", disposed);
        disposed.Dispose();

        Assert.ThrowsAny<Exception>(() => writer.Write(path));

        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_in_any_order()
    {
        var one = new byte[] { 1 };
        var two = new byte[] { 2 };
        new SafetensorsWriter().Add("a", SafetensorsDataType.U8, [1], one).Add("b", SafetensorsDataType.U8, [1], two).Write(folder.File("1"));
        new SafetensorsWriter().Add("b", SafetensorsDataType.U8, [1], two).Add("a", SafetensorsDataType.U8, [1], one).Write(folder.File("2"));

        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
    }

    [Fact]
    public void Names_twice_or_reserved_and_bytes_that_do_not_fit_are_refused()
    {
        var writer = new SafetensorsWriter().Add("a", SafetensorsDataType.U8, [1], new byte[1]);

        Assert.Throws<ArgumentException>(() => writer.Add("a", SafetensorsDataType.U8, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", SafetensorsDataType.U8, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", SafetensorsDataType.F32, [1], new byte[3]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", SafetensorsDataType.U8, [-1], Array.Empty<byte>()));
    }

    [Fact]
    public void Complex_tensors_are_refused()
    {
        using var tensor = torch.zeros(1, dtype: torch.ScalarType.ComplexFloat32);

        Assert.Throws<NotSupportedException>(() => new SafetensorsWriter().Add("c", tensor));
    }
}
