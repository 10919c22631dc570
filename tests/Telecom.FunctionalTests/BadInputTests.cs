using System.Net;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>The bad-input table of the viewport task, over HTTP.</summary>
public sealed class BadInputTests(HostFixture fixture)
{
    private const string Good = """{"t":0,"roll":0,"pitch":0,"yaw":0},{"t":0.2,"roll":0,"pitch":0,"yaw":0}""";

    private HttpClient Client => fixture.Host.Client;

    [Theory]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":1e999},{"t":0.2,"roll":0,"pitch":0,"yaw":0}]}""", "/samples/0/yaw")]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":0},{"t":0.2,"roll":0,"pitch":0,"yaw":"left"}]}""", "/samples/1/yaw")]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":0},{"t":0.2,"roll":0,"pitch":0,"yaw":null}]}""", "/samples/1/yaw")]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":0},{"t":0.2,"pitch":0,"yaw":0}]}""", "/samples/1/roll")]
    [InlineData(
        """{"samples":[{"t":0,"roll":0,"pitch":-90.5,"yaw":0},{"t":0.2,"roll":0,"pitch":90.5,"yaw":0}]}""",
        "/samples/0/pitch /samples/1/pitch")]
    [InlineData("""{"samples":[]}""", "/samples")]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":0}]}""", "/samples")]
    [InlineData("""{"steps":3}""", "/samples")]
    [InlineData("""{"samples":[{"t":0.2,"roll":0,"pitch":0,"yaw":0},{"t":0,"roll":0,"pitch":0,"yaw":0}]}""", "/samples/1/t")]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":0},{"t":0,"roll":0,"pitch":0,"yaw":5}]}""", "/samples/1/t")]
    [InlineData("{\"samples\":[" + Good + "],\"steps\":0}", "/steps")]
    [InlineData("{\"samples\":[" + Good + "],\"steps\":-1}", "/steps")]
    [InlineData("{\"samples\":[" + Good + "],\"steps\":101}", "/steps")]
    [InlineData("{\"samples\":[" + Good + "],\"steps\":2.5}", "/steps")]
    [InlineData("{\"samples\":[" + Good + "],\"steps\":\"many\"}", "/steps")]
    public async Task A_wrong_member_is_refused_with_400_and_its_pointer(string body, string pointers)
    {
        var problem = await Client.PostAsync(Http.Predictions, body, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_input", problem.GetProperty("code").GetString());
        Assert.Equal(pointers, Pointers(problem));
    }

    [Theory]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":NaN}]}""")]
    [InlineData("""{"samples":[{"t":0,"roll":0,"pitch":0,"yaw":Infinity}]}""")]
    [InlineData("""{"samples":""")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[{},")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    public async Task What_is_no_json_object_is_refused_with_400(string body)
    {
        var problem = await Client.PostAsync(Http.Predictions, body, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_input", problem.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(450, 90)]
    [InlineData(-190, 170)]
    [InlineData(180, 180)]
    [InlineData(-180, 180)]
    public async Task Yaw_beyond_a_turn_is_wrapped(double yaw, double expected)
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([yaw, yaw]));

        Assert.Equal([expected, expected, expected], Yaws(answer));
    }

    [Fact]
    public async Task A_history_that_is_too_short_for_the_learned_method_is_answered_by_the_fallback_which_the_answer_names()
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method=adapted", ViewportRequests.Of([10, 20, 30]));

        Assert.Equal("adapted", answer.GetProperty("method").GetString());
        Assert.Equal("hold", answer.GetProperty("fallback").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("bundle").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("base").ValueKind);
        Assert.Equal([30, 30, 30], Yaws(answer));
    }

    [Fact]
    public async Task A_repeated_identical_sample_is_dropped()
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method=velocity", ViewportRequests.Of([(0, 0), (0.2, 2), (0.2, 2), (0.4, 4)]));

        // Mean move of 2 degrees per step: with the repetition counted it would be 4/3.
        AssertClose([6, 8, 10], Yaws(answer));
    }

    [Fact]
    public async Task What_lies_before_a_gap_of_more_than_half_a_second_does_not_count()
    {
        var request = ViewportRequests.Of([(0, 0), (0.2, 50), (0.4, 100), (1, 10), (1.2, 11), (1.4, 12)]);

        var answer = await Client.PostAsync($"{Http.Predictions}?method=velocity", request);

        AssertClose([13, 14, 15], Yaws(answer));
    }

    [Fact]
    public async Task Of_a_longer_history_the_newest_samples_count()
    {
        // The window of the baselines is ten samples: 30 wild ones, then ten that rise by one degree each.
        var yaws = Enumerable.Range(0, 30).Select(i => i % 2 * 90.0).Concat(Enumerable.Range(0, 10).Select(i => 1.0 * i));

        var answer = await Client.PostAsync($"{Http.Predictions}?method=velocity", ViewportRequests.Of(yaws));

        AssertClose([10, 11, 12], Yaws(answer));
    }

    [Fact]
    public async Task More_steps_than_the_learned_method_was_trained_for_are_refused_with_422_and_never_cut_off()
    {
        var request = ViewportRequests.Of(Enumerable.Repeat(0.0, 10), steps: 21);

        var problem = await Client.PostAsync($"{Http.Predictions}?method=adapted", request, HttpStatusCode.UnprocessableEntity);

        Assert.Equal("unprocessable", problem.GetProperty("code").GetString());
        Assert.Equal("/steps", Pointers(problem));
    }

    [Fact]
    public async Task An_analytic_method_answers_up_to_a_hundred_steps()
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1], steps: 100));

        Assert.Equal(100, Yaws(answer).Length);
    }

    private static string Pointers(JsonElement problem) =>
        string.Join(' ', problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()));

    private static double[] Yaws(JsonElement answer) =>
        [.. answer.GetProperty("output").GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("yaw").GetDouble())];

    // 1e-4 degrees: answers are float32 sums of angles up to 180, whose spacing is 1.5e-5.
    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4);
        }
    }
}
