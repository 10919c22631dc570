using System.Net;
using System.Text;
using Telecom.Client.OpenInference;
using Telecom.Client.Tests.Support;
using Telecom.FunctionalTests.OpenInference;

namespace Telecom.Client.Tests.OpenInference;

/// <summary>The Open Inference Protocol of a host that runs, over HTTP.</summary>
public sealed class InferenceTests(ProtocolHost host) : IClassFixture<ProtocolHost>, IAsyncDisposable
{
    private const string Affine = "fixture.affine";

    private static readonly float[] X = [1f, -2.5f, 0f, 0.5f];

    private readonly ServedClient served = ServedClient.Of(host);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private OpenInferenceClient Inference => served.Client.Inference;

    public ValueTask DisposeAsync() => served.DisposeAsync();

    // Golden vector 1 of the specification, byte by byte in both directions.
    [Fact]
    public async Task Golden_vector_1_travels_as_the_specification_writes_it()
    {
        using var request = new InferenceRequest { Id = "g" }.Add<float>("x", [1, 4], X);

        using var result = await Inference.InferAsync(Affine, request, Token);

        var sent = Assert.Single(served.Recording.Sent);
        var head = int.Parse(sent.Headers[ProtocolHost.JsonLength], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            """{"id":"g","parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":16}}]}""",
            Encoding.UTF8.GetString(sent.Body, 0, head));
        Assert.Equal("0000803f000020c0000000000000003f", Convert.ToHexStringLower(sent.Body.AsSpan(head)));
        Assert.Equal("application/octet-stream", sent.Headers["Content-Type"]);
        Assert.Equal("00004040000080c00000803f00000040", Convert.ToHexStringLower(result["y"].Bytes));
        Assert.Equal("000000000000f0bf", Convert.ToHexStringLower(result["s"].Bytes));
        Assert.Equal([3f, -4f, 1f, 2f], result["y"].Values<float>().ToArray());
        Assert.Equal([-1.0], result["s"].Values<double>().ToArray());
        Assert.Equal((Affine, "1", "g", null), (result.ModelName, result.ModelVersion, result.Id, result.Fallback));
        Assert.Equal([1L, 4L], result["y"].Shape);
    }

    [Fact]
    public async Task The_same_request_may_be_json_both_ways()
    {
        using var request = new InferenceRequest { BinaryInputs = false, BinaryOutputs = false }.Add<float>("x", [1, 4], X);

        using var result = await Inference.InferAsync(Affine, "1", request, Token);

        var sent = Assert.Single(served.Recording.Sent);
        Assert.Equal("""{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,-2.5,0,0.5]}]}""", Encoding.UTF8.GetString(sent.Body));
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal([3f, -4f, 1f, 2f], result["y"].Values<float>().ToArray());
        Assert.Equal([-1.0], result["s"].Values<double>().ToArray());
    }

    [Fact]
    public async Task Outputs_come_as_asked_for_each_in_its_form()
    {
        using var request = new InferenceRequest { BinaryOutputs = true }.Add<float>("x", [1, 4], X).Ask("s", binary: false).Ask("y");

        using var result = await Inference.InferAsync(Affine, request, Token);

        Assert.Equal(["s", "y"], result.Outputs.Select(output => output.Name));
        Assert.Equal([-1.0], result.Outputs[0].Values<double>());
        Assert.Equal([3f, -4f, 1f, 2f], result.Outputs[1].Values<float>());
    }

    [Fact]
    public async Task Binary_outputs_before_json_ones_keep_their_place()
    {
        using var request = new InferenceRequest { BinaryOutputs = false }.Add<float>("x", [1, 4], X).Ask("y", binary: true).Ask("s");

        using var result = await Inference.InferAsync(Affine, request, Token);

        Assert.Equal(["y", "s"], result.Outputs.Select(output => output.Name));
        Assert.Equal([-1.0], result.Outputs[1].Values<double>());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Every_datatype_comes_back_as_it_went(bool binaryInputs, bool binaryOutputs)
    {
        using var request = new InferenceRequest { BinaryInputs = binaryInputs, BinaryOutputs = binaryOutputs };
        var model = await Inference.GetModelAsync("fixture.mirror", null, Token);

        // Half-precision numbers have no form in JSON; the mirror wants all its inputs, so it is asked in JSON only where they are not.
        if (!binaryInputs)
        {
            Fill(request);
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => Inference.InferAsync(model.Name, request, Token));
            Assert.Contains("FP16", refused.Message, StringComparison.Ordinal);
            return;
        }

        Fill(request);
        foreach (var output in model.Outputs)
        {
            request.Ask(output.Name, output.Datatype is "FP16" or "BF16" ? true : binaryOutputs);
        }

        using var result = await Inference.InferAsync(model.Name, request, Token);

        Assert.Equal(model.Outputs.Select(output => output.Name), result.Outputs.Select(output => output.Name));
        Assert.Equal([true, false], result["Bool"].Values<bool>().ToArray());
        Assert.Equal([0, 255], result["UInt8"].Values<byte>().ToArray());
        Assert.Equal([0, ushort.MaxValue], result["UInt16"].Values<ushort>().ToArray());
        Assert.Equal([1, uint.MaxValue], result["UInt32"].Values<uint>().ToArray());
        Assert.Equal([1, ulong.MaxValue], result["UInt64"].Values<ulong>().ToArray());
        Assert.Equal([sbyte.MinValue, 1], result["Int8"].Values<sbyte>().ToArray());
        Assert.Equal([short.MinValue, 1], result["Int16"].Values<short>().ToArray());
        Assert.Equal([int.MinValue, 1], result["Int32"].Values<int>().ToArray());
        Assert.Equal([long.MinValue, long.MaxValue], result["Int64"].Values<long>().ToArray());
        Assert.Equal([(Half)0.5f, (Half)(-2f)], result["Fp16"].Values<Half>().ToArray());
        Assert.Equal((ushort[])[0x3f80, 0xc000], result["Bf16"].Values<ushort>().ToArray());
        Assert.Equal([0.1f, float.MaxValue], result["Fp32"].Values<float>().ToArray());
        Assert.Equal([0.1, double.Epsilon], result["Fp64"].Values<double>().ToArray());
        Assert.Equal(["häß\"", string.Empty], result["Bytes"].Texts());
        Assert.Equal("häß\""u8.ToArray(), result["Bytes"].Blobs()[0]);
    }

    [Fact]
    public async Task Values_that_are_not_finite_travel_in_binary_only()
    {
        using var request = new InferenceRequest().Add<float>("x", [1, 4], [3e38f, 0, 0, 0]);
        using var result = await Inference.InferAsync(Affine, request, Token);
        request.BinaryOutputs = false;
        var refusal = await Assert.ThrowsAsync<TelecomApiException>(() => Inference.InferAsync(Affine, request, Token));
        using var infinite = new InferenceRequest { BinaryInputs = false }.Add<float>("x", [1, 4], [float.NaN, 0, 0, 0]);
        var local = await Assert.ThrowsAsync<ArgumentException>(() => Inference.InferAsync(Affine, infinite, Token));

        Assert.Equal(float.PositiveInfinity, result["y"].Values<float>()[0]);
        Assert.Equal(HttpStatusCode.InternalServerError, refusal.StatusCode);
        Assert.Contains("'y'", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains("'x'", local.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_go_to_a_task_that_declares_no_tensors()
    {
        using var request = new InferenceRequest().AddText("request", [2], ["""{"x":[1,2]}""", """{"x":[-3]}"""]);

        using var result = await Inference.InferAsync("fixture.text", request, Token);

        Assert.Equal(["""{"y":[3,5],"s":3}""", """{"y":[-5],"s":-3}"""], result["answer"].Texts());
    }

    [Fact]
    public async Task A_large_tensor_travels_in_pieces()
    {
        var values = Enumerable.Range(0, 8 * 1024).Select(value => (float)value).ToArray();
        using var request = new InferenceRequest().Add<float>("x", [8, 1024], values);

        using var result = await Inference.InferAsync("fixture.wide", request, Token);

        Assert.Equal(values, result["y"].Values<float>());
    }

    [Fact]
    public async Task Refusals_say_what_the_server_says()
    {
        using var request = new InferenceRequest { Method = "nope" }.Add<float>("x", [1, 4], X);
        using var wide = new InferenceRequest().Add<float>("x", [1, 5], [1, 2, 3, 4, 5]);

        var method = await Assert.ThrowsAsync<TelecomApiException>(() => Inference.InferAsync(Affine, request, Token));
        var shape = await Assert.ThrowsAsync<TelecomApiException>(() => Inference.InferAsync(Affine, wide, Token));
        var model = await Assert.ThrowsAsync<TelecomApiException>(() => Inference.InferAsync("no/where", wide, Token));

        Assert.Equal(HttpStatusCode.NotFound, method.StatusCode);
        Assert.Equal((HttpStatusCode.BadRequest, null), (shape.StatusCode, shape.Code));
        Assert.Contains("shape", shape.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, model.StatusCode);
        Assert.Equal("/v2/models/no%2Fwhere/infer", served.Recording.Sent[^1].Path);
    }

    [Fact]
    public async Task Server_and_models_describe_themselves()
    {
        var server = await Inference.GetServerAsync(Token);
        var model = await Inference.GetModelAsync(Affine, "1", Token);

        Assert.Equal("telecom", server.Name);
        Assert.Contains("binary_tensor_data", server.Extensions);
        Assert.True(await Inference.IsLiveAsync(Token));
        Assert.True(await Inference.IsReadyAsync(Token));
        Assert.True(await Inference.IsModelReadyAsync(Affine, null, Token));
        Assert.False(await Inference.IsModelReadyAsync("broken.task", null, Token));
        await Assert.ThrowsAsync<TelecomApiException>(() => Inference.IsModelReadyAsync("nope", null, Token));
        Assert.Equal(["1"], model.Versions!);
        Assert.Equal(("x", "FP32"), (model.Inputs[0].Name, model.Inputs[0].Datatype));
        Assert.Equal([-1L, 4L], model.Inputs[0].Shape);
    }

    [Fact]
    public async Task Statistics_count_rows()
    {
        using var request = new InferenceRequest().Add<float>("x", [2, 4], [.. X, .. X]);
        var before = Assert.Single(await Inference.GetStatisticsAsync(Affine, "1", Token));
        using var result = await Inference.InferAsync(Affine, request, Token);

        var after = (await Inference.ListStatisticsAsync(Token)).Single(statistics => statistics.Name == Affine);

        Assert.True(after.InferenceCount >= before.InferenceCount + 2);
        Assert.True(after.InferenceStats.Success.Ns > before.InferenceStats.Success.Ns);
        Assert.NotEmpty(after.BatchStats);
    }

    [Fact]
    public async Task Repository_is_listed_and_belongs_to_the_plugins()
    {
        var all = await Inference.ListRepositoryAsync(onlyReady: false, Token);
        var ready = await Inference.ListRepositoryAsync(onlyReady: true, Token);
        await Inference.LoadModelAsync(Affine, Token);
        var refusal = await Assert.ThrowsAsync<TelecomApiException>(() => Inference.UnloadModelAsync(Affine, Token));

        Assert.Contains(all, model => model is { Name: "broken.task", State: "UNAVAILABLE" });
        Assert.DoesNotContain(ready, model => model.Name == "broken.task");
        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.Contains("fixture.mirror", refusal.Detail, StringComparison.Ordinal);
    }

    private static void Fill(InferenceRequest request)
    {
        ReadOnlySpan<long> shape = [1, 1, 2];
        request
            .Add<bool>("Bool", shape, [true, false])
            .Add<byte>("UInt8", shape, [0, 255])
            .Add<ushort>("UInt16", shape, [0, ushort.MaxValue])
            .Add<uint>("UInt32", shape, [1, uint.MaxValue])
            .Add<ulong>("UInt64", shape, [1, ulong.MaxValue])
            .Add<sbyte>("Int8", shape, [sbyte.MinValue, 1])
            .Add<short>("Int16", shape, [short.MinValue, 1])
            .Add<int>("Int32", shape, [int.MinValue, 1])
            .Add<long>("Int64", shape, [long.MinValue, long.MaxValue])
            .Add<Half>("Fp16", shape, [(Half)0.5f, (Half)(-2f)])
            .Add<float>("Fp32", shape, [0.1f, float.MaxValue])
            .Add<double>("Fp64", shape, [0.1, double.Epsilon])
            .AddBFloat16("Bf16", shape, [0x3f80, 0xc000])
            .AddText("Bytes", shape, ["häß\"", string.Empty]);
    }
}
