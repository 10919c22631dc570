using System.Globalization;
using System.Net;
using System.Text;
using Telecom.Client.OpenInference;
using Telecom.Client.Tests.Support;
using Telecom.FunctionalTests.OpenInference;

namespace Telecom.Client.Tests.OpenInference;

/// <summary>Servers that break the protocol, and requests that would.</summary>
public sealed class MalformedAnswerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("""{"outputs":{}}""")]
    [InlineData("""{"outputs":[{"name":"y","shape":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP128","shape":[1],"data":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP16","shape":[1],"data":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[2],"data":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":["1"]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"UINT8","shape":[1],"data":[256]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"BOOL","shape":[1],"data":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[-1],"data":[1]}]}""")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[4294967296,4294967296],"data":[1]}]}""")]
    [InlineData("""{"model_name":1}""")]
    public async Task Json_that_is_no_answer_is_unreadable(string json) => await AssertUnreadableAsync(json, null, []);

    [Theory]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}""", "0000")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}""", "0000000000")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[2],"parameters":{"binary_data_size":4}}]}""", "00000000")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":-4}}]}""", "00000000")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]}""", "0200000041")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]}""", "ffffffff41")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":6}}]}""", "010000004141")]
    public async Task Bytes_that_are_no_tensors_are_unreadable(string json, string tail) =>
        await AssertUnreadableAsync(json, json.Length.ToString(CultureInfo.InvariantCulture), Convert.FromHexString(tail));

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("4000000000")]
    [InlineData("3")]
    public async Task A_wrong_length_of_the_json_is_unreadable(string length) => await AssertUnreadableAsync("""{"outputs":[]}""", length, []);

    [Fact]
    public async Task Members_may_come_in_any_order_and_data_may_be_nested()
    {
        using var result = await AskAsync(
            """{"more":[{}],"outputs":[{"data":[[1,2],[3,4]],"extra":{"a":1},"shape":[2,2],"datatype":"INT64","name":"y"}],"model_name":"m"}""", null, []);

        Assert.Equal([1L, 2L, 3L, 4L], result["y"].Values<long>().ToArray());
        Assert.Throws<InvalidOperationException>(() => result["y"].Values<int>().ToArray());
        Assert.Throws<InvalidOperationException>(() => result["y"].Texts());
        Assert.Throws<KeyNotFoundException>(() => result["z"]);
        result.Dispose();
        Assert.Throws<ObjectDisposedException>(() => result["y"].Bytes.Length);
    }

    [Fact]
    public void A_tensor_that_does_not_fill_its_shape_is_refused_before_it_is_sent()
    {
        using var request = new InferenceRequest().Add<float>("x", [2], [1, 2]);

        Assert.Throws<ArgumentException>(() => request.Add<float>("x", [2], [1, 2]));
        Assert.Throws<ArgumentException>(() => request.Add<float>("y", [3], [1, 2]));
        Assert.Throws<ArgumentException>(() => request.Add<float>("y", [0], []));
        Assert.Throws<ArgumentException>(() => request.Add<float>("y", [-1, -2], [1, 2]));
        Assert.Throws<ArgumentException>(() => request.AddText("y", [1], ["a", "b"]));
        Assert.Throws<ArgumentException>(() => request.Add<float>(string.Empty, [1], [1]));
        Assert.Throws<NotSupportedException>(() => request.Add<decimal>("y", [1], [1]));
    }

    [Fact]
    public async Task A_request_without_inputs_is_refused_before_it_is_sent()
    {
        await using var served = ServedClient.Of(_ => new(HttpStatusCode.OK));
        using var request = new InferenceRequest();

        await Assert.ThrowsAsync<ArgumentException>(() => served.Client.Inference.InferAsync("m", request, Token));
        Assert.Empty(served.Recording.Sent);
    }

    private static async Task AssertUnreadableAsync(string json, string? length, byte[] tail)
    {
        var failure = await Assert.ThrowsAsync<TelecomApiException>(async () => (await AskAsync(json, length, tail)).Dispose());
        Assert.Equal(TelecomApiException.UnreadableAnswer, failure.Code);
    }

    private static async Task<InferenceResult> AskAsync(string json, string? length, byte[] tail)
    {
        await using var served = ServedClient.Of(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(json), .. tail]) };
            if (length is not null)
            {
                response.Headers.TryAddWithoutValidation(ProtocolHost.JsonLength, length);
            }

            return response;
        });
        using var request = new InferenceRequest().Add<float>("x", [1], [1]);
        return await served.Client.Inference.InferAsync("m", request, Token);
    }
}
