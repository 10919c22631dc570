using System.Net;
using System.Text;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>The bad-input table of the protocol: each body is refused with 400 and a text that names what is wrong.</summary>
public sealed class MalformedRequestTests(ProtocolHost host) : IClassFixture<ProtocolHost>
{
    private const string Infer = "/v2/models/fixture.affine/infer";
    private const string Mirror = "/v2/models/fixture.mirror/infer";
    private const string Good = "\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]";

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("  ", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("{}", "'x' is missing")]
    [InlineData("{\"inputs\":{}}", "/inputs")]
    [InlineData("{\"inputs\":[7]}", "/inputs/0")]
    [InlineData("{\"inputs\":[{}]}", "name")]
    [InlineData("{\"inputs\":[{" + Good + "}]} x", "JSON")]
    [InlineData("{\"inputs\":[{" + Good + "}]}{}", "JSON")]
    [InlineData("{\"id\":7,\"inputs\":[{" + Good + "}]}", "/id")]
    [InlineData("{\"id\":null,\"inputs\":[{" + Good + "}]}", "/id")]
    [InlineData("{\"id\":\"a\",\"id\":\"b\",\"inputs\":[{" + Good + "}]}", "/id")]
    [InlineData("{\"id\":\"\\ud800\",\"inputs\":[{" + Good + "}]}", "UTF-8")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"inputs\":[{" + Good + "}]}", "/inputs")]
    [InlineData("{\"inputs\":[{" + Good + "},{" + Good + "}]}", "'x'")]
    [InlineData("{\"inputs\":[{" + Good + ",\"data\":[1,2,3,4]}]}", "/inputs/0/data")]
    [InlineData("{\"inputs\":[{" + Good + ",\"name\":\"x\"}]}", "/inputs/0/name")]
    [InlineData("{\"inputs\":[{" + Good + ",\"shape\":[1,4]}]}", "/inputs/0/shape")]
    [InlineData("{\"inputs\":[{" + Good + ",\"datatype\":\"FP32\"}]}", "/inputs/0/datatype")]
    [InlineData("{\"inputs\":[{" + Good + "},{\"name\":\"z\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}", "'z'")]
    [InlineData("{\"inputs\":[{" + Good + ",\"parameters\":{\"binary_data_size\":16}}]}", "either")]
    [InlineData("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\"}]}", "either")]
    [InlineData("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":16}}]}", "0 bytes are left")]
    [InlineData("{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}", "/inputs/0/shape")]
    [InlineData("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}", "/inputs/0/datatype")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"outputs\":[{\"name\":\"y\"},{\"name\":\"y\"}]}", "/outputs/1")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"outputs\":[{}]}", "/outputs/0")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"outputs\":[\"y\"]}", "/outputs/0")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"outputs\":\"y\"}", "/outputs")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":1}}]}", "binary_data")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"parameters\":{\"binary_data_output\":\"yes\"}}", "binary_data_output")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"parameters\":{\"priority\":-1}}", "priority")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"parameters\":{\"timeout\":\"soon\"}}", "timeout")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"parameters\":[]}", "/parameters")]
    [InlineData("{\"inputs\":[{" + Good + "}],\"parameters\":{\"adapter\":\"a\"}}", "adapter")]
    public async Task A_request_that_is_wrong_around_its_tensors_is_refused(string body, string named) =>
        Assert.Contains(named, (await host.PostAsync(Infer, body)).Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);

    [Theory]
    [InlineData("[4]", "[1,2,3,4]", "[-1,4]")]
    [InlineData("[1,4,1]", "[1,2,3,4]", "[-1,4]")]
    [InlineData("[1,3]", "[1,2,3]", "[-1,4]")]
    [InlineData("[0,4]", "[]", "[0,4]")]
    [InlineData("[-1,4]", "[1,2,3,4]", "[-1,4]")]
    [InlineData("[1.5,4]", "[1,2,3,4]", "integers")]
    [InlineData("\"1,4\"", "[1,2,3,4]", "integers")]
    [InlineData("[536870912,4]", "[1,2,3,4]", "2147483647")]
    [InlineData("[9223372036854775807,4]", "[1,2,3,4]", "2147483647")]
    [InlineData("[99999999999999999999,4]", "[1,2,3,4]", "integers")]
    [InlineData("[1,4]", "[1,2,3]", "3 elements")]
    [InlineData("[1,4]", "[1,2,3,4,5]", "more than")]
    [InlineData("[1,4]", "[[1,2],[3,4]]", "elements")]
    [InlineData("[1,4]", "[[1,2,3,4],[1,2,3,4]]", "nested")]
    [InlineData("[2,4]", "[[1,2,3,4],5,6,7,8]", "nested")]
    [InlineData("[2,4]", "[1,2,3,4,[5,6,7,8]]", "element 4")]
    [InlineData("[2,4]", "[[[1,2,3,4],[1,2,3,4]]]", "element 0")]
    [InlineData("[1,4]", "{\"0\":1}", "array")]
    [InlineData("[1,4]", "7", "array")]
    [InlineData("[1,4]", "[1,2,\"3\",4]", "element 2")]
    [InlineData("[1,4]", "[1,2,true,4]", "element 2")]
    [InlineData("[1,4]", "[1,2,null,4]", "element 2")]
    [InlineData("[1,4]", "[1,2,3,1e39]", "element 3")]
    [InlineData("[1,4]", "[1,2,3,-1e999]", "element 3")]
    [InlineData("[1,4]", "[1,2,3,Infinity]", "JSON")]
    [InlineData("[1,4]", "[1,2,3,4,]", "JSON")]
    [InlineData("[1,4]", "[01,2,3,4]", "JSON")]
    public async Task A_tensor_that_is_not_what_its_shape_says_is_refused(string shape, string data, string named)
    {
        // Both orders of members, which are read in different ways.
        var first = await host.PostAsync(Infer, $$"""{"inputs":[{"name":"x","datatype":"FP32","shape":{{shape}},"data":{{data}}}]}""");
        var last = await host.PostAsync(Infer, $$"""{"inputs":[{"data":{{data}},"name":"x","datatype":"FP32","shape":{{shape}}}]}""");

        Assert.Contains(named, first.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains(named, last.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BOOL", "[1,0]")]
    [InlineData("UINT8", "[256,0]")]
    [InlineData("UINT8", "[-1,0]")]
    [InlineData("INT8", "[128,0]")]
    [InlineData("UINT16", "[65536,0]")]
    [InlineData("INT16", "[-32769,0]")]
    [InlineData("UINT32", "[4294967296,0]")]
    [InlineData("INT32", "[2147483648,0]")]
    [InlineData("INT32", "[1.0,0]")]
    [InlineData("UINT64", "[18446744073709551616,0]")]
    [InlineData("INT64", "[1e2,0]")]
    [InlineData("FP64", "[1e309,0]")]
    [InlineData("BYTES", "[7,0]")]
    public async Task A_value_outside_its_datatype_is_refused(string datatype, string data)
    {
        var name = char.ToUpperInvariant(datatype[0]) + datatype[1..].ToLowerInvariant().Replace("int", "Int", StringComparison.Ordinal);
        var body = $$"""{"inputs":[{"name":"{{name}}","shape":[1,1,2],"datatype":"{{datatype}}","data":{{data}}}]}""";

        Assert.Contains("element 0", (await host.PostAsync(Mirror, body)).Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15, 15, "16 bytes")]
    [InlineData(17, 17, "16 bytes")]
    [InlineData(16, 15, "15 bytes are left")]
    [InlineData(16, 20, "4 bytes are left over")]
    [InlineData(-16, 16, "-16")]
    public async Task Binary_data_of_another_size_are_refused(int claimed, int sent, string named)
    {
        var reply = await host.PostAsync(
            Infer, $$"""{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":{{claimed}} } } ] }""", new byte[sent]);

        Assert.Contains(named, reply.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bool", "BOOL", "0002", "BOOL")]
    [InlineData("Bytes", "BYTES", "0000000001", "too little")]
    [InlineData("Bytes", "BYTES", "00000000ffffffff", "element 1")]
    [InlineData("Bytes", "BYTES", "000000000000000000", "more than")]
    public async Task Binary_elements_that_make_no_sense_are_refused(string name, string datatype, string hex, string named)
    {
        var tail = Convert.FromHexString(hex);
        var reply = await host.PostAsync(
            Mirror,
            $$"""{"inputs":[{"name":"{{name}}","shape":[1,1,2],"datatype":"{{datatype}}","parameters":{"binary_data_size":{{tail.Length}} } } ] }""",
            tail);

        Assert.Contains(named, reply.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Fp16", "FP16")]
    [InlineData("Bf16", "BF16")]
    public async Task Half_floats_have_no_json_form(string name, string datatype)
    {
        var sent = await host.PostAsync(Mirror, $$"""{"inputs":[{"name":"{{name}}","shape":[1,1,2],"datatype":"{{datatype}}","data":[1,2]}]}""");
        var (json, tail) = new MirrorBody(new Random(1), isFinite: true).Write(isBinary: true, answersBinary: true, isNested: false);
        var asked = await host.PostAsync(
            Mirror, json.Replace($"{{\"name\":\"{name}\",\"parameters\":{{\"binary_data\":true}}}}", $"{{\"name\":\"{name}\"}}", StringComparison.Ordinal), tail);

        Assert.Contains(datatype, sent.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains(datatype, asked.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999")]
    [InlineData("4294967297")]
    [InlineData("1.0")]
    public async Task A_wrong_length_of_the_json_is_refused(string length)
    {
        var reply = await host.SendAsync(
            HttpMethod.Post, Infer, Encoding.UTF8.GetBytes("{\"inputs\":[{" + Good + "}]}"), [new(ProtocolHost.JsonLength, length)]);

        Assert.Contains(ProtocolHost.JsonLength, reply.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_json_must_have_the_bytes_of_one_row()
    {
        (await host.PostAsync(Infer, string.Empty, new byte[32])).Error(HttpStatusCode.BadRequest);
        Assert.Contains("14 inputs", (await host.PostAsync(Mirror, string.Empty, new byte[16])).Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);

        // Of history [-1, -1, 3] one row of 5 bytes says no shape.
        (await host.PostAsync("/v2/models/viewport/infer", string.Empty, new byte[5])).Error(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_method_that_does_not_exist_is_not_found()
    {
        var reply = await host.PostAsync(Infer, "{\"inputs\":[{" + Good + "}],\"parameters\":{\"method\":\"guess\"}}");

        Assert.Contains("guess", reply.Error(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_with_a_content_encoding_is_refused()
    {
        var reply = await host.SendAsync(HttpMethod.Post, Infer, new byte[4], [new("Content-Encoding", "gzip")]);

        Assert.Contains("gzip", reply.Error(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inputs_with_different_rows_are_refused()
    {
        var (json, tail) = new MirrorBody(new Random(5), isFinite: true).Write(isBinary: true, answersBinary: true, isNested: false);
        var rows = json.IndexOf("\"shape\":[", StringComparison.Ordinal);
        var end = json.IndexOf(']', rows);
        var shape = json[(rows + 9)..end].Split(',').Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.True(shape[0] > 1, "The seed must give several rows.");

        // The same number of elements, otherwise divided.
        var other = $"\"shape\":[1,{shape[0] * shape[1]},2";
        var reply = await host.PostAsync(Mirror, json[..rows] + other + json[end..], tail);

        Assert.Contains("rows", reply.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }
}
