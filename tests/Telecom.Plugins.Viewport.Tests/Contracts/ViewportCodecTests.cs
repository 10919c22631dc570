using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Viewport.Tests.Contracts;

/// <summary>The wire form: every row of the specification's table of bad inputs, and what good ones become.</summary>
public sealed class ViewportCodecTests
{
    private const string TwoSamples = """{"t":0,"roll":1,"pitch":2,"yaw":3},{"t":0.2,"roll":1,"pitch":2,"yaw":3}""";

    public static TheoryData<string, string, string> WrongRequests => new()
    {
        // Numbers
        { Samples("""{"t":0.4,"roll":NaN,"pitch":2,"yaw":3}"""), "/samples/2/roll", "not valid JSON" },
        { Samples("""{"t":0.4,"roll":"NaN","pitch":2,"yaw":3}"""), "/samples/2/roll", "must be" },
        { Samples("""{"t":0.4,"roll":1e999,"pitch":2,"yaw":3}"""), "/samples/2/roll", "must be" },
        { Samples("""{"t":0.4,"roll":1,"pitch":-1e999,"yaw":3}"""), "/samples/2/pitch", "must be" },
        { Samples("""{"t":0.4,"roll":1,"pitch":2,"yaw":"east"}"""), "/samples/2/yaw", "must be" },
        { Samples("""{"t":1e999,"roll":1,"pitch":2,"yaw":3}"""), "/samples/2/t", "must be" },
        { Samples("""{"t":0.4,"roll":1,"pitch":null,"yaw":3}"""), "/samples/2/pitch", "must be" },
        { Samples("""{"t":0.4,"roll":1,"yaw":3}"""), "/samples/2/pitch", "missing" },
        { Samples("""{"roll":1,"pitch":2,"yaw":3}"""), "/samples/2/t", "missing" },
        { Samples("null"), "/samples/2", "null" },
        { Samples("""[0.4,1,2,3]"""), "/samples/2", "must be" },
        { Samples("""{"t":0.4,"roll":1,"pitch":2,"yaw":3,"jaw":3}"""), "/samples/2/jaw", "not a member" },

        // Ranges
        { Samples("""{"t":0.4,"roll":1,"pitch":90.01,"yaw":3}"""), "/samples/2/pitch", "-90 to 90" },
        { Samples("""{"t":0.4,"roll":1,"pitch":-91,"yaw":3}"""), "/samples/2/pitch", "-90 to 90" },

        // Time
        { Samples("""{"t":0.1,"roll":1,"pitch":2,"yaw":3}"""), "/samples/2/t", "later" },
        { Samples("""{"t":0.2,"roll":1,"pitch":2,"yaw":4}"""), "/samples/2/t", "later" },
        { Samples("""{"t":0,"roll":1,"pitch":2,"yaw":3}"""), "/samples/2/t", "later" },

        // Number of samples
        { """{}""", "/samples", "missing" },
        { """{"samples":null}""", "/samples", "must" },
        { """{"samples":[]}""", "/samples", "two samples" },
        { """{"samples":{}}""", "/samples", "must be" },
        { """{"samples":[{"t":0,"roll":1,"pitch":2,"yaw":3}]}""", "/samples", "two samples" },
        { """{"samples":[{"t":0,"roll":1,"pitch":2,"yaw":3},{"t":0,"roll":1,"pitch":2,"yaw":3}]}""", "/samples", "two samples" },

        // Horizon
        { With("\"steps\":0"), "/steps", "1 to 100" },
        { With("\"steps\":-3"), "/steps", "1 to 100" },
        { With("\"steps\":101"), "/steps", "1 to 100" },
        { With("\"steps\":2.5"), "/steps", "must be" },
        { With("\"steps\":\"20\""), "/steps", "must be" },
        { With("\"steps\":1e10"), "/steps", "must be" },
        { With("\"steps\":20,\"horizon_s\":4"), "/horizon_s", "not both" },
        { With("\"horizon_s\":0.09"), "/horizon_s", "0.2 to 20" },
        { With("\"horizon_s\":-1"), "/horizon_s", "0.2 to 20" },
        { With("\"horizon_s\":20.2"), "/horizon_s", "0.2 to 20" },
        { With("\"horizon_s\":1e999"), "/horizon_s", "must be" },
        { With("\"horizon_s\":\"4\""), "/horizon_s", "must be" },

        // The rest
        { With("\"fps\":0"), "/fps", "positive" },
        { With("\"fps\":1e999"), "/fps", "must be" },
        { With("\"video\":-1"), "/video", "0 or above" },
        { With("\"video\":1.5"), "/video", "must be" },
        { With("\"front_yaw\":1e999"), "/front_yaw", "must be" },
        { With("\"horizon\":4"), "/horizon", "not a member" },
        { "[]", string.Empty, "must be" },
        { "null", string.Empty, "null" },
        { "", string.Empty, "JSON" },
        { "{", string.Empty, "JSON" },
    };

    [Theory]
    [MemberData(nameof(WrongRequests))]
    public void A_wrong_request_is_refused_by_its_member(string json, string pointer, string named)
    {
        var exception = Assert.Throws<InvalidInputException>(() => Read(json));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Equal(pointer, exception.Errors[0].Pointer);
        Assert.Contains(named, exception.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_member_is_named_up_to_a_limit()
    {
        var few = Assert.Throws<InvalidInputException>(() => Read(
            """
            {"steps":0,"fps":-1,"samples":[
                {"t":0,"roll":1,"pitch":95,"yaw":3},{"t":0.2,"roll":1,"pitch":2,"yaw":3},{"t":0.1,"roll":1,"pitch":2,"yaw":3}]}
            """));
        var many = Assert.Throws<InvalidInputException>(() => Read(
            $$"""{"samples":[{{string.Join(',', Enumerable.Range(0, 5000).Select(i => $$"""{"t":{{i}},"roll":1,"pitch":95,"yaw":3}"""))}}]}"""));

        Assert.Equal(["/steps", "/fps", "/samples/0/pitch", "/samples/2/t"], few.Errors.Select(error => error.Pointer));
        Assert.InRange(many.Errors.Count, 1, 100);
    }

    [Fact]
    public void Several_missing_members_are_named_one_by_one()
    {
        var exception = Assert.Throws<InvalidInputException>(() => Read("""{"samples":[{"t":0,"yaw":3}]}"""));

        Assert.Equal(["/samples/0/roll", "/samples/0/pitch"], exception.Errors.Select(error => error.Pointer));
    }

    [Theory]
    [InlineData("450", 90)]
    [InlineData("-180", 180)]
    [InlineData("180", 180)]
    [InlineData("-181", 179)]
    [InlineData("360", 0)]
    [InlineData("-900.5", 179.5)]
    public void Roll_and_yaw_are_wrapped(string given, float expected)
    {
        var request = Read($$"""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":0},{"t":0.2,"roll":{{given}},"pitch":-90,"yaw":{{given}}}]}""");

        Assert.Equal([expected, -90, expected], request.Latest(1).ToArray());
    }

    [Fact]
    public void The_two_names_of_the_seam_are_the_same_angle()
    {
        var request = Read(
            """
            {"samples":[
                {"t":0,"roll":0,"pitch":0,"yaw":-180},{"t":0.1,"roll":0,"pitch":0,"yaw":180},{"t":0.3,"roll":0,"pitch":0,"yaw":180},
                {"t":0.3,"roll":0,"pitch":0,"yaw":-180},{"t":0.4,"roll":0,"pitch":0,"yaw":-180}]}
            """);

        // The repeated sample at 0.3 s is the same one, so it is dropped; no interpolated value leaves the seam.
        Assert.Equal([180, 180, 180], Enumerable.Range(0, request.HistoryLength).Select(row => request.HistoryDegrees.Span[(row * 3) + 2]));
    }

    [Fact]
    public void Repeated_identical_samples_count_once()
    {
        var request = Read($$"""{"samples":[{{TwoSamples}},{"t":0.2,"roll":1,"pitch":2,"yaw":3},{"t":0.2,"roll":1,"pitch":2,"yaw":363}]}""");

        Assert.Equal(2, request.HistoryLength);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData(",\"steps\":1", 1)]
    [InlineData(",\"steps\":100", 100)]
    [InlineData(",\"horizon_s\":4", 20)]
    [InlineData(",\"horizon_s\":0.1", 1)]
    [InlineData(",\"horizon_s\":0.29", 1)]
    [InlineData(",\"horizon_s\":0.31", 2)]
    [InlineData(",\"horizon_s\":20", 100)]
    [InlineData(",\"horizon_s\":null,\"steps\":7", 7)]
    public void Steps_come_from_steps_or_horizon_or_the_default(string member, int expected) =>
        Assert.Equal(expected, Read($$"""{"samples":[{{TwoSamples}}]{{member}}}""").Steps);

    [Fact]
    public void A_full_request_arrives_whole()
    {
        var request = Read($$"""{"dataset":"jin2022","video":4,"fps":29.97,"front_yaw":-270,"steps":5,"samples":[{{TwoSamples}}]}""");

        Assert.Equal(("jin2022", 4, 90f, 5, 5.0), (request.Dataset, request.Video, request.FrontYawDegrees, request.Steps, request.RateHz));
        Assert.Equal(0.2, request.LastTimeSeconds);
        Assert.Equal(ViewportRequest.DefaultWindowSamples, request.WindowSamples);
    }

    [Fact]
    public void An_answer_is_wrapped_and_timed()
    {
        var forecast = new ViewportForecast
        {
            RawDegrees = new float[] { -180, 95, 897.25f, 540, -90.5f, -262.5f },
            RateHz = 5,
            FirstTimeSeconds = 180.210754,
        };

        var answer = Write(forecast);

        Assert.Equal(
            """{"rate_hz":5,"steps":[{"t":180.210754,"roll":180,"pitch":90,"yaw":177.25},{"t":180.410754,"roll":180,"pitch":-90,"yaw":97.5}]}""",
            answer);
    }

    [Fact]
    public void The_example_works_with_every_method_without_weights()
    {
        var request = Benchmarks.Task.Codec.Read(Encoding.UTF8.GetBytes(Benchmarks.Task.Example.ToJsonString()));

        Assert.Equal(10, request.HistoryLength);
        foreach (var method in Benchmarks.Analytic)
        {
            var answer = JsonNode.Parse(Write(Requests.Predict(method, request)))!;
            Assert.Equal(20, answer["steps"]!.AsArray().Count);
            Assert.Equal(2.0, (double)answer["steps"]![0]!["t"]!, 1e-9);
        }
    }

    [Fact]
    public void Schemas_carry_units_ranges_and_required_members()
    {
        var request = Benchmarks.Task.RequestSchema;
        var sample = request["properties"]!["samples"]!["items"]!;
        var step = Benchmarks.Task.ResponseSchema["properties"]!["steps"]!["items"]!["properties"]!;

        Assert.Equal(["samples"], request["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(["t", "roll", "pitch", "yaw"], sample["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(
            ["dataset", "video", "fps", "samples", "horizon_s", "steps", "front_yaw"],
            request["properties"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal(("deg", -90, 90), Bounds(sample["properties"]!["pitch"]!));
        Assert.Equal("s", (string)sample["properties"]!["t"]!["unit"]!);
        Assert.Equal(100, (double)request["properties"]!["steps"]!["maximum"]!);
        Assert.Equal(("deg", -180, 180), Bounds(step["yaw"]!));

        static (string, double, double) Bounds(JsonNode node) => ((string)node["unit"]!, (double)node["minimum"]!, (double)node["maximum"]!);
    }

    private static string Samples(string third) => $$"""{"samples":[{{TwoSamples}},{{third}}]}""";

    private static string With(string member) => $$"""{"samples":[{{TwoSamples}}],{{member}}}""";

    private static ViewportRequest Read(string json) => Benchmarks.Task.Codec.Read(Encoding.UTF8.GetBytes(json));

    private static string Write(ViewportForecast forecast)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Benchmarks.Task.Codec.Write(writer, forecast);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
