using System.Text;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;
using static Telecom.Modeling.Tests.Checkpoints.SafetensorsBytes;

namespace Telecom.Modeling.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, int, string> BrokenHeaders => new()
    {
        { "[]", 0, "does not begin with '{'" },
        { " {}", 0, "does not begin with '{'" },
        { "", 0, "does not begin with '{'" },
        { "{", 0, "must end with '}'" },
        { "{}\n", 0, "padded with spaces (0x20) only" },
        { "{}\t", 0, "padded with spaces (0x20) only" },
        { "{}{}", 0, "not valid JSON" },
        { "{},}", 0, "not valid JSON" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],}}""", 1, "not valid JSON" },
        { """{"a\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not valid JSON" },
        { """{"a":1}""", 0, "must be a JSON object" },
        { """{"a":null}""", 0, "must be a JSON object" },
        { """{"a":{}}""", 0, "needs the members" },
        { """{"a":{"dtype":"U8","shape":[1]}}""", 1, "needs the members" },
        { """{"a":{"dtype":"U8","data_offsets":[0,1]}}""", 1, "needs the members" },
        { """{"a":{"shape":[1],"data_offsets":[0,1]}}""", 1, "needs the members" },
        { """{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "'dtype' occurs twice" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"stride":[1]}}""", 1, "unknown member 'stride'" },
        { """{"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}""", 1, "dtype must be a string" },
        { """{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}""", 1, "shape must be an array" },
        { """{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1, "shape must be an array" },
        { """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "shape must be an array" },
        { """{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1, "shape must be an array" },
        { """{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}}""", 1, "shape must be an array" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1, "data_offsets must be [begin, end]" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "data_offsets must be [begin, end]" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "data_offsets must be [begin, end]" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}""", 1, "data_offsets must be an array" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes but data_offsets span 4" },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0, "overflows 63 bits" },
        { """{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "overflows 63 bits" },
        { """{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "overflows 63 bits" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "leaves a hole" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2, "1 bytes after the last tensor belong to no tensor" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1, "truncated" },
        { "{}", 3, "3 bytes after the last tensor" },
        { """{"__metadata__":"pt"}""", 0, "must map strings to strings only" },
        { """{"__metadata__":{"format":1}}""", 0, "must map strings to strings only" },
        { """{"__metadata__":{"format":{}}}""", 0, "must map strings to strings only" },
        { """{"__metadata__":{"format":null}}""", 0, "must map strings to strings only" },
        { """{"__metadata__":{"a":"1","a":"2"}}""", 0, "each key once" },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, "occurs twice" },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    public void A_broken_header_is_refused_with_file_and_reason(string header, int dataLength, string reason)
    {
        var error = Refused(SafetensorsBytes.File(header, dataLength));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_tensors_on_the_same_bytes_are_refused()
    {
        var header = "{" + Entry("a", "U8", "[4]", "[0,4]") + "," + Entry("b", "U8", "[4]", "[2,6]") + "}";

        Assert.Contains("overlaps", Refused(SafetensorsBytes.File(header, 6)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hole_between_tensors_is_refused_whatever_their_header_order()
    {
        var header = "{" + Entry("late", "U8", "[2]", "[5,7]") + "," + Entry("early", "U8", "[4]", "[0,4]") + "}";

        var error = Refused(SafetensorsBytes.File(header, 7));

        Assert.Equal("late", error.Tensor);
        Assert.Contains("leaves a hole", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_occurs_twice_is_refused()
    {
        var header = "{" + Entry("a", "U8", "[1]", "[0,1]") + "," + Entry("\\u0061", "U8", "[1]", "[1,2]") + "}";

        Assert.Contains("occurs twice", Refused(SafetensorsBytes.File(header, 2)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("U16")]
    [InlineData("U32")]
    [InlineData("U64")]
    [InlineData("C64")]
    [InlineData("F8_E4M3")]
    [InlineData("F8_E5M2")]
    [InlineData("F8_E8M0")]
    [InlineData("F8_E4M3FNUZ")]
    [InlineData("F8_E5M2FNUZ")]
    [InlineData("F4")]
    [InlineData("F6_E2M3")]
    [InlineData("F6_E3M2")]
    public void A_type_of_the_format_that_we_do_not_read_is_named(string dataType)
    {
        var error = Refused(SafetensorsBytes.File("{" + Entry("layer.weight", dataType, "[2]", "[0,2]") + "}", 2));

        Assert.Equal("layer.weight", error.Tensor);
        Assert.Contains($"data type {dataType} is not supported", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("Bool")]
    [InlineData("0")]
    [InlineData("X")]
    public void An_unknown_type_is_named(string dataType)
    {
        var error = Refused(SafetensorsBytes.File("{" + Entry("a", dataType, "[1]", "[0,1]") + "}", 1));

        Assert.Contains($"unknown data type '{dataType}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_file_shorter_than_its_prefix_is_refused(int length)
    {
        Assert.Contains("at least 8 bytes", Refused(new byte[length]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void A_header_length_above_the_limit_is_refused(ulong headerLength)
    {
        Assert.Contains("above the limit", Refused(Prefix(headerLength, (byte)'{')).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused_before_it_is_allocated()
    {
        var bytes = Prefix(100_000_000, "{}"u8.ToArray());
        var path = folder.Write("huge.safetensors", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CheckpointFormatException>(() => SafetensorsFile.Open(path).Dispose());

        // 64 KiB leaves room for the exception and stream objects; the header would be 100 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void A_tensor_declared_huge_is_refused_before_it_is_allocated()
    {
        var path = folder.Write("huge.safetensors", SafetensorsBytes.File("{" + Entry("a", "F32", "[1099511627776]", "[0,4398046511104]") + "}", 4));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CheckpointFormatException>(() => SafetensorsFile.Open(path).Dispose());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void A_header_that_is_not_UTF8_is_refused()
    {
        byte[] header = [.. "{\""u8, 0xFF, .. "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"u8];

        Assert.Contains("UTF-8", Refused(SafetensorsBytes.File(header, [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_of_more_sizes_than_any_tensor_has_is_refused()
    {
        var shape = "[" + string.Join(',', Enumerable.Repeat("1", 65)) + "]";

        Assert.Contains("at most 64", Refused(SafetensorsBytes.File("{" + Entry("a", "U8", shape, "[0,1]") + "}", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_beyond_any_sense_is_refused()
    {
        var header = "{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}";

        Refused(SafetensorsBytes.File(header, 0));
    }

    [Fact]
    public void A_missing_file_is_refused_by_name()
    {
        var error = Assert.Throws<CheckpointFormatException>(() => SafetensorsFile.Open(folder.File("absent.safetensors")));

        Assert.Contains("absent.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_tensors_is_valid()
    {
        using var file = Open(SafetensorsBytes.File("{}      ", 0));

        Assert.Empty(file.Entries);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void Entries_come_in_the_order_of_their_data()
    {
        var header = "{" + Entry("second", "U8", "[2]", "[4,6]") + ",\"__metadata__\":{\"format\":\"pt\",\"note\":\"ä\"}," + Entry("first", "F32", "[]", "[0,4]") + "}   ";

        using var file = Open(SafetensorsBytes.File(Encoding.UTF8.GetBytes(header), [0, 0, 128, 63, 7, 9]));

        Assert.Equal(["first", "second"], file.Entries.Select(entry => entry.Name));
        Assert.Empty(file.Entries[0].Shape);
        Assert.Equal(1, file.Entries[0].ElementCount);
        Assert.Equal(1f, BitConverter.ToSingle(file.GetBytes("first")));
        Assert.Equal([7, 9], file.GetBytes("second").ToArray());
        Assert.Equal([9], file.GetBytes("second", 1, 1).ToArray());
        Assert.Equal("ä", file.Metadata["note"]);
    }

    [Fact]
    public void Tensors_without_elements_are_valid_wherever_they_stand()
    {
        var header = "{" + Entry("empty", "F32", "[0,3]", "[2,2]") + "," + Entry("a", "U8", "[2]", "[0,2]") + "," + Entry("none", "I64", "[0]", "[0,0]") + "}";

        using var file = Open(SafetensorsBytes.File(header, 2));

        Assert.Equal(["none", "a", "empty"], file.Entries.Select(entry => entry.Name));
        Assert.Equal(0, file.GetEntry("empty").ElementCount);
        Assert.True(file.GetBytes("empty").IsEmpty);
    }

    [Fact]
    public void Names_and_values_are_not_judged()
    {
        var header = "{" + Entry("", "F32", "[1]", "[0,4]") + "}";

        using var file = Open(SafetensorsBytes.File(Encoding.UTF8.GetBytes(header), BitConverter.GetBytes(float.NaN)));

        Assert.True(float.IsNaN(BitConverter.ToSingle(file.GetBytes(""))));
    }

    [Fact]
    public void Reading_a_closed_file_is_an_error_and_not_a_crash()
    {
        var file = Open(SafetensorsBytes.File("{" + Entry("a", "U8", "[1]", "[0,1]") + "}", 1));
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.GetBytes("a").Length);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 5)]
    [InlineData(4, 1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(0, -1)]
    public void Ranges_outside_the_tensor_are_refused(long offset, int length)
    {
        using var file = Open(SafetensorsBytes.File("{" + Entry("a", "U8", "[4]", "[0,4]") + "," + Entry("b", "U8", "[4]", "[4,8]") + "}", 8));

        Assert.Throws<ArgumentOutOfRangeException>(() => file.GetBytes("a", offset, length).Length);
    }

    [Fact]
    public void A_tensor_that_is_not_there_is_named()
    {
        using var file = Open(SafetensorsBytes.File("{}", 0));

        Assert.Equal("absent", Assert.Throws<CheckpointFormatException>(() => file.GetEntry("absent")).Tensor);
        Assert.False(file.TryGetEntry("absent", out _));
    }

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(folder.Write("valid.safetensors", bytes));

    private CheckpointFormatException Refused(byte[] bytes)
    {
        var path = folder.Write("broken.safetensors", bytes);
        var error = Assert.Throws<CheckpointFormatException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.Equal(ErrorCode.CheckpointInvalid, error.Code);
        Assert.Contains("broken.safetensors", error.Message, StringComparison.Ordinal);
        return error;
    }
}
