using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Abr.Tests.Contracts;

/// <summary>The bad-input table of the service contract, and what a good request means.</summary>
public sealed class AbrCodecTests
{
    private const string Good = """
        { "videoId": "sample", "chunkIndex": 4, "lastLevel": 2, "bufferSeconds": 9.5,
          "history": [ { "sizeBytes": 150000, "delayMs": 800 }, { "sizeBytes": 400000, "delayMs": 1600 } ] }
        """;

    private static TaskDefinition<AbrRequest, AbrDecision> Task => Benchmarks.Task;

    public static TheoryData<string, string> Wrong => new()
    {
        { """{"lastLevel":-1}""", "/lastLevel" },
        { """{"lastLevel":6}""", "/lastLevel" },
        { """{"chunkIndex":0}""", "/chunkIndex" },
        { """{"chunkIndex":-3}""", "/chunkIndex" },
        { """{"chunkIndex":48}""", "/chunkIndex" },
        { """{"bufferSeconds":-0.1}""", "/bufferSeconds" },
        { """{"bufferSeconds":64.1}""", "/bufferSeconds" },
        { """{"bufferSeconds":1e400}""", "/bufferSeconds" },
        { """{"targetScale":-1}""", "/targetScale" },
        { """{"history":[{"sizeBytes":0,"delayMs":5}]}""", "/history/0/sizeBytes" },
        { """{"history":[{"sizeBytes":-5,"delayMs":5}]}""", "/history/0/sizeBytes" },
        { """{"history":[{"sizeBytes":5,"delayMs":0}]}""", "/history/0/delayMs" },
        { """{"history":[{"sizeBytes":5,"delayMs":1},{"sizeBytes":5,"delayMs":-1}]}""", "/history/1/delayMs" },
        { """{"history":[null]}""", "/history/0" },
        { """{"chunkIndex":10,"history":[1,2,3,4,5,6,7]}""", "/history" },
        { """{"chunkIndex":1,"history":[{"sizeBytes":5,"delayMs":1},{"sizeBytes":5,"delayMs":1}]}""", "/history" },
        { """{"videoId":"unknown"}""", "/videoId" },
        { """{"videoId":null}""", "/videoId" },
        { """{"nonsense":1}""", "/nonsense" },
        { """{"context":[]}""", "/history" },
        { """{"history":null,"context":[{"level":6,"sizeBytes":1,"delayMs":1,"rebufferSeconds":0,"bufferSeconds":4}]}""", "/context/0/level" },
        { """{"history":null,"context":[{"level":1,"sizeBytes":1,"delayMs":1,"rebufferSeconds":-1,"bufferSeconds":4}]}""", "/context/0/rebufferSeconds" },
        { """{"history":null,"context":[{"level":1,"sizeBytes":1,"delayMs":1,"rebufferSeconds":0,"bufferSeconds":99}]}""", "/context/0/bufferSeconds" },
        { """{"videoId":null,"video":{"ladderKbps":[300,300],"sizesBytes":[[1,1],[2,2]]}}""", "/video/ladderKbps/1" },
        { """{"videoId":null,"video":{"ladderKbps":[],"sizesBytes":[]}}""", "/video/ladderKbps" },
        { """{"videoId":null,"video":{"ladderKbps":[300],"sizesBytes":[[1,1],[2,2]]}}""", "/video/sizesBytes" },
        { """{"videoId":null,"video":{"ladderKbps":[300,500],"sizesBytes":[[1,1],[2]]}}""", "/video/sizesBytes/1" },
        { """{"videoId":null,"video":{"ladderKbps":[300,500],"sizesBytes":[[1,1],[2,0]]}}""", "/video/sizesBytes/1/1" },
        { """{"videoId":null,"video":{"ladderKbps":[300],"sizesBytes":[[1,1]],"chunks":3}}""", "/video/chunks" },
        { """{"videoId":null,"video":{"ladderKbps":[300],"sizesBytes":[[1,1]],"chunkMs":0}}""", "/video/chunkMs" },
        { """{"video":{"ladderKbps":[300],"sizesBytes":[[1,1]]}}""", "/video" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_member_is_refused_by_name(string change, string pointer)
    {
        var exception = Assert.Throws<InvalidInputException>(() => Read(Changed(change)));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains(exception.Errors, error => error.Pointer == pointer || error.Pointer.StartsWith(pointer + "/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("chunkIndex")]
    [InlineData("lastLevel")]
    [InlineData("bufferSeconds")]
    public void Members_that_every_policy_needs_are_required(string name)
    {
        var document = JsonNode.Parse(Good)!.AsObject();
        document.Remove(name);

        var exception = Assert.Throws<InvalidInputException>(() => Read(document));

        Assert.Contains(exception.Errors, error => error.Pointer == $"/{name}");
    }

    [Fact]
    public void A_request_says_what_its_document_says()
    {
        var request = Read(JsonNode.Parse(Good)!);

        Assert.Same(ShippedVideos.Find("sample"), request.Video);
        Assert.Equal((4, 2, 9.5, false), (request.Chunk, request.LastLevel, request.BufferSeconds, request.HasContext));
        Assert.Equal([(2, 150000.0, 800.0), (3, 400000.0, 1600.0)], request.Played.ToArray().Select(chunk => (chunk.Chunk, chunk.SizeBytes, chunk.DelayMs)));
    }

    [Fact]
    public void A_video_may_come_with_the_request()
    {
        var request = Read(Changed(
            """{"videoId":null,"chunkIndex":2,"lastLevel":0,"video":{"ladderKbps":[100,200],"sizesBytes":[[1,2,3,4],[5,6,7,8]],"chunkMs":2000,"chunks":3}}"""));

        Assert.Equal((2, 3, 4, 2.0), (request.Video.Levels, request.Video.Chunks, request.Video.Rows, request.Video.ChunkSeconds));
        Assert.Equal([3, 7], request.Video.SizesBytes(2).ToArray());
    }

    [Fact]
    public void A_context_carries_levels_buffers_and_rewards()
    {
        var request = Read(Changed(
            """
            {"history":null,"chunkIndex":2,"lastLevel":3,"context":[
              {"level":0,"sizeBytes":1000,"delayMs":10,"rebufferSeconds":0.5,"bufferSeconds":4},
              {"level":3,"sizeBytes":2000,"delayMs":20,"rebufferSeconds":0.1,"bufferSeconds":7}]}
            """));

        // 0.3 - 4.3 * 0.5, then 1.85 - 4.3 * 0.1 - 1.55.
        Assert.Equal([-1.85, -0.13], request.Played.ToArray().Select(chunk => chunk.Reward), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([(0, 0), (1, 3)], request.Played.ToArray().Select(chunk => (chunk.Chunk, chunk.Level)));
        Assert.True(request.HasContext);
    }

    [Theory]
    [InlineData("rate")]
    [InlineData("mpc")]
    [InlineData("mpc-jump")]
    public void Policies_that_need_downloads_start_low_and_say_so(string method)
    {
        var answer = Predict(method, Read(Changed("""{"history":[],"bufferSeconds":0,"chunkIndex":1}""")));

        var document = Written(answer);
        Assert.Equal(0, (int)document["level"]!);
        Assert.True((bool)document["coldStart"]!);
        Assert.Equal(method, (string)document["policy"]!);
    }

    [Fact]
    public void An_answer_names_level_bitrate_and_policy()
    {
        var document = Written(Predict("bba", Read(JsonNode.Parse(Good)!)));

        Assert.Equal("""{"level":2,"bitrateKbps":1200,"policy":"bba"}""", document.ToJsonString());
    }

    [Fact]
    public async Task The_request_of_a_running_session_is_answered_as_the_simulator_plays_it()
    {
        // Six downloads are what rate and mpc look at, apart from older errors: with a constant link there are none.
        var session = Samples.Session(Samples.Constant(2.5), await Samples.SampleVideoAsync());
        session.Play(Samples.Policy("mpc"));
        foreach (var chunk in new[] { 1, 5, 20, 43, 47 })
        {
            var before = session.Played[chunk - 1];
            var history = session.Played[Math.Max(0, chunk - 6)..chunk].ToArray()
                .Select(played => (JsonNode)new JsonObject { ["sizeBytes"] = played.SizeBytes, ["delayMs"] = played.DelayMs });
            var document = new JsonObject
            {
                ["videoId"] = "sample",
                ["chunkIndex"] = chunk,
                ["lastLevel"] = before.Level,
                ["bufferSeconds"] = before.BufferSeconds,
                ["history"] = new JsonArray([.. history]),
            };

            Assert.Equal(session.Played[chunk].Level, Predict("mpc", Read(document)).Level);
        }
    }

    [Fact]
    public void The_example_is_a_request_that_works()
    {
        var answer = Predict("mpc", Task.Codec.Read(Encoding.UTF8.GetBytes(Task.Example.ToJsonString())));

        Assert.InRange(answer.Level, 0, 5);
        Assert.False(answer.IsColdStart);
    }

    private static JsonObject Changed(string change)
    {
        var document = JsonNode.Parse(Good)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject().ToList())
        {
            if (value is null)
            {
                document.Remove(name);
            }
            else
            {
                document[name] = value.DeepClone();
            }
        }

        return document;
    }

    private static AbrRequest Read(JsonNode document) => Task.Codec.Read(Encoding.UTF8.GetBytes(document.ToJsonString()));

    private static AbrDecision Predict(string method, AbrRequest request)
    {
        var results = new AbrDecision[1];
        Task.MethodDefinition(method).Analytic!.Predict([request], results);
        return results[0];
    }

    private static JsonObject Written(AbrDecision answer)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Task.Codec.Write(writer, answer);
        }

        return JsonNode.Parse(stream.ToArray())!.AsObject();
    }
}
