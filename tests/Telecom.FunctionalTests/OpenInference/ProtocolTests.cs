using System.Net;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>Rules of the protocol that the shared cases do not pin.</summary>
public sealed class ProtocolTests(ProtocolHost host) : IClassFixture<ProtocolHost>
{
    private const string Affine = "/v2/models/fixture.affine";
    private const string Infer = Affine + "/infer";
    private const string OneRow = """{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,-2.5,0,0.5]}]}""";

    // Golden vector 1 of the specification.
    private static readonly byte[] X = Convert.FromHexString("0000803f000020c0000000000000003f");
    private const string Y = "00004040000080c00000803f00000040";
    private const string S = "000000000000f0bf";

    [Fact]
    public async Task Golden_vector_1_comes_back_in_binary()
    {
        var reply = await host.PostAsync(
            Infer,
            """{"id":"g","parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":16}}]}""",
            X);

        reply.Expect(HttpStatusCode.OK);
        Assert.Equal("application/octet-stream", reply.MediaType);
        Assert.Equal(Y + S, Convert.ToHexStringLower(reply.Tail));
        Assert.Equal("g", reply.Json.GetProperty("id").GetString());
        Assert.Equal(16, reply.Output(0).GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal(8, reply.Output(1).GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.False(reply.Output(0).TryGetProperty("data", out _));
    }

    [Fact]
    public async Task A_body_without_json_is_one_row_and_comes_back_in_binary()
    {
        var reply = await host.PostAsync(Infer, string.Empty, X);

        reply.Expect(HttpStatusCode.OK);
        Assert.Equal(Y + S, Convert.ToHexStringLower(reply.Tail));
        Assert.Equal([1, 4], reply.Output(0).GetProperty("shape").EnumerateArray().Select(value => value.GetInt32()));
    }

    [Fact]
    public async Task Binary_form_is_chosen_for_each_output()
    {
        var reply = await host.PostAsync(
            Infer,
            """{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,-2.5,0,0.5]}],"outputs":[{"name":"s","parameters":{"binary_data":false}},{"name":"y"}]}""");

        reply.Expect(HttpStatusCode.OK);
        Assert.Equal(-1.0, reply.Output(0).GetProperty("data")[0].GetDouble());
        Assert.Equal("y", reply.Output(1).GetProperty("name").GetString());
        Assert.Equal(Y, Convert.ToHexStringLower(reply.Tail));
    }

    [Fact]
    public async Task Members_may_come_in_any_order_after_a_byte_order_mark()
    {
        var reply = await host.PostAsync(
            Infer, "\uFEFF{\"outputs\":[],\"more\":{\"a\":[1]},\"inputs\":[{\"data\":[[1,-2.5,0,0.5],[0,0,0,0]],\"extra\":1,\"shape\":[2,4],\"datatype\":\"FP32\",\"name\":\"x\"}]} \n");

        reply.Expect(HttpStatusCode.OK);
        Assert.Equal([3, -4, 1, 2, 1, 1, 1, 1], reply.Output(0).GetProperty("data").EnumerateArray().Select(value => value.GetSingle()));
        Assert.Equal(2, reply.Json.GetProperty("outputs").GetArrayLength());
        Assert.False(reply.Json.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Values_that_are_not_finite_travel_in_binary_only()
    {
        // 2 * 3e38 is beyond the range of 32 bits.
        const string Input = "\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[3e38,0,0,0]}]";

        var refused = await host.PostAsync(Infer, "{" + Input + "}");
        var carried = await host.PostAsync(Infer, "{" + Input + ",\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":true}}]}");
        var other = await host.PostAsync(Infer, "{" + Input + ",\"outputs\":[{\"name\":\"s\"}]}");

        Assert.Contains("'y'", refused.Error(HttpStatusCode.InternalServerError), StringComparison.Ordinal);
        Assert.Equal(float.PositiveInfinity, BitConverter.ToSingle(carried.Expect(HttpStatusCode.OK).Tail));
        Assert.Equal(3e38f, other.Expect(HttpStatusCode.OK).Output(0).GetProperty("data")[0].GetDouble());
    }

    [Fact]
    public async Task Schedule_parameters_are_taken_and_unknown_ones_ignored()
    {
        var reply = await host.PostAsync(
            Infer,
            OneRow.Replace("{\"inputs\"", "{\"parameters\":{\"priority\":2,\"timeout\":5000000,\"colour\":[\"red\"]},\"inputs\"", StringComparison.Ordinal));

        reply.Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_task_without_tensors_takes_and_gives_its_json_as_bytes()
    {
        var text = await host.PostAsync(
            "/v2/models/fixture.text/infer", """{"inputs":[{"name":"request","shape":[2],"datatype":"BYTES","data":["{\"x\":[1,2]}","{\"x\":[-3]}"]}]}""");
        var raw = await host.PostAsync("/v2/models/fixture.text/infer", string.Empty, Encoding.UTF8.GetBytes("""{"x":[1,2]}"""));
        var wrong = await host.PostAsync(
            "/v2/models/fixture.text/infer", """{"inputs":[{"name":"request","shape":[2],"datatype":"BYTES","data":["{\"x\":[1]}","{\"x\":[]}"]}]}""");

        var answers = text.Expect(HttpStatusCode.OK).Output(0).GetProperty("data");
        Assert.Equal("""{"y":[3,5],"s":3}""", answers[0].GetString());
        Assert.Equal("""{"y":[-5],"s":-3}""", answers[1].GetString());
        Assert.Equal("\u0011\0\0\0{\"y\":[3,5],\"s\":3}", Encoding.UTF8.GetString(raw.Expect(HttpStatusCode.OK).Tail));
        Assert.Contains("/request/1/x", wrong.Error(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_fails_gives_500_and_keeps_its_secrets()
    {
        var reply = await host.PostAsync(
            "/v2/models/fixture.text/infer",
            """{"parameters":{"method":"faulty"},"inputs":[{"name":"request","shape":[1],"datatype":"BYTES","data":["{\"x\":[1]}"]}]}""");

        Assert.DoesNotContain("secret", reply.Error(HttpStatusCode.InternalServerError), StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_party_task_answers_in_tensors()
    {
        var reply = await host.PostAsync(
            "/v2/models/viewport/infer",
            """{"parameters":{"method":"hold"},"inputs":[{"name":"history","shape":[1,2,3],"datatype":"FP32","data":[[[1,2,3],[10,20,30]]]}]}""");

        Assert.Equal([1, 20, 3], reply.Expect(HttpStatusCode.OK).Output(0).GetProperty("shape").EnumerateArray().Select(value => value.GetInt32()));
        Assert.Equal([10f, 20f, 30f], reply.Output(0).GetProperty("data").EnumerateArray().Take(3).Select(value => value.GetSingle()));
    }

    [Fact]
    public async Task Server_describes_itself_and_is_ready()
    {
        var server = await host.GetAsync("/v2");
        var ready = await host.GetAsync("/v2/health/ready");

        Assert.Equal("telecom", server.Expect(HttpStatusCode.OK).Json.GetProperty("name").GetString());
        Assert.NotEmpty(server.Json.GetProperty("version").GetString()!);
        Assert.Equal(
            ["binary_tensor_data", "model_repository", "schedule_policy", "statistics"],
            server.Json.GetProperty("extensions").EnumerateArray().Select(value => value.GetString()));
        Assert.True(ready.Expect(HttpStatusCode.OK).Json.GetProperty("live").GetBoolean());
    }

    [Fact]
    public async Task Model_is_known_by_its_version_too()
    {
        var model = await host.GetAsync(Affine + "/versions/1");
        var ready = await host.GetAsync(Affine + "/versions/1.0.0/ready");
        var infer = await host.PostAsync(Affine + "/versions/1/infer", OneRow);

        Assert.Equal("1", Assert.Single(model.Expect(HttpStatusCode.OK).Json.GetProperty("versions").EnumerateArray()).GetString());
        Assert.Equal("telecom_torchsharp", model.Json.GetProperty("platform").GetString());
        Assert.True(ready.Expect(HttpStatusCode.OK).Json.GetProperty("ready").GetBoolean());
        Assert.Equal("1", infer.Expect(HttpStatusCode.OK).Json.GetProperty("model_version").GetString());
        (await host.GetAsync(Affine + "/versions/2/ready")).Error(HttpStatusCode.NotFound);
        (await host.GetAsync("/v2/models/nope")).Error(HttpStatusCode.NotFound);
        (await host.GetAsync("/v2/models/nope/ready")).Error(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Model_of_a_rejected_plugin_is_unavailable_with_the_reason()
    {
        var index = await host.PostAsync("/v2/repository/index", string.Empty);
        var onlyReady = await host.PostAsync("/v2/repository/index", """{"ready":true}""");

        var entries = index.Expect(HttpStatusCode.OK).Json.EnumerateArray().ToDictionary(entry => entry.GetProperty("name").GetString()!);
        Assert.Equal("READY", entries["fixture.affine"].GetProperty("state").GetString());
        Assert.Equal("1", entries["fixture.affine"].GetProperty("version").GetString());
        Assert.Equal("UNAVAILABLE", entries["broken.task"].GetProperty("state").GetString());
        Assert.Contains("Broken.dll", entries["broken.task"].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.All(onlyReady.Json.EnumerateArray(), entry => Assert.Equal("READY", entry.GetProperty("state").GetString()));
        (await host.GetAsync("/v2/models/broken.task/ready")).Error(HttpStatusCode.ServiceUnavailable);
        (await host.PostAsync("/v2/repository/index", """{"ready":1}""")).Error(HttpStatusCode.BadRequest);
        (await host.PostAsync("/v2/repository/index", """{"ready":""")).Error(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Addresses_and_methods_that_do_not_exist_are_refused_in_the_form_of_the_protocol()
    {
        (await host.GetAsync("/v2/nothing")).Error(HttpStatusCode.NotFound);
        Assert.Contains("POST", (await host.GetAsync(Infer)).Error(HttpStatusCode.MethodNotAllowed), StringComparison.Ordinal);
        (await host.PostAsync(Infer, OneRow, "text/plain")).Error(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_413()
    {
        var reply = await host.SendAsync(HttpMethod.Post, Infer, new byte[(32 << 20) + 1]);

        reply.Error(HttpStatusCode.RequestEntityTooLarge);
    }
}
