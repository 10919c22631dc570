using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Live;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Tests.Live;

public sealed class LiveMemoryTests
{
    private static readonly LiveMemory Memory = new();

    [Theory]
    [InlineData("mpc")]
    [InlineData("mpc-jump")]
    [InlineData("rate")]
    public async Task Asked_chunk_after_chunk_a_policy_plays_as_in_the_simulator(string policy)
    {
        // A link that changes: older errors of estimates matter to mpc, which a single request of six downloads cannot know.
        var video = await Samples.SampleVideoAsync();
        var link = Samples.Link([.. Enumerable.Range(0, 400).Select(second => ((double)second, 0.4 + (3 * ((second * 7 % 11) / 10.0))))]);
        var session = Samples.Session(link, video);
        var method = Benchmarks.Task.MethodDefinition(policy).Analytic!;
        session.Step(0);
        byte[] state = [];
        while (!session.IsDone)
        {
            var (request, answer) = (Memory.Resume(Asked(session, 1), state), new AbrDecision[1]);
            AssertKnows(session, request);
            method.Predict([request], answer);
            state = Memory.Remember(request, answer[0]);
            session.Step(answer[0].Level);
        }

        var simulated = Samples.Session(link, video);
        simulated.Play(Samples.Policy(policy));
        Assert.Equal(simulated.Summarise().LevelString, session.Summarise().LevelString);
        Assert.InRange(state.Length, 1, 1 << 14);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_is_completed_as_before()
    {
        var session = Samples.Session(Samples.Constant(), await Samples.SampleVideoAsync()).Play(0, 1);
        var first = Memory.Remember(Memory.Resume(Asked(session, 2), []), Decision());
        session.Step(2);
        var second = Memory.Resume(Asked(session, 1), first);

        var again = Memory.Resume(Asked(session, 1), Memory.Remember(second, Decision()));

        Assert.Equal(second.Played.ToArray(), again.Played.ToArray());
    }

    [Fact]
    public async Task Several_downloads_at_once_are_told_apart_by_their_sizes()
    {
        var session = Samples.Session(Samples.Constant(), await Samples.SampleVideoAsync()).Play(0, 3, 1, 4);

        AssertKnows(session, Memory.Resume(Asked(session, 4), []));
    }

    [Fact]
    public async Task A_missing_download_and_another_video_are_refused()
    {
        var session = Samples.Session(Samples.Constant(), await Samples.SampleVideoAsync()).Play(0);
        var state = Memory.Remember(Memory.Resume(Asked(session, 1), []), Decision());
        session.Play(1, 1);
        var other = new PlayableVideo(new()
        {
            Name = "other",
            BitratesKbps = new double[] { 100 },
            ChunkMilliseconds = 4000,
            ChunksPlayed = 48,
            SizesBytes = Enumerable.Repeat(5, 48).ToArray(),
        });

        var gap = Assert.Throws<InvalidInputException>(() => Memory.Resume(Asked(session, 1), state));
        var stranger = Assert.Throws<InvalidInputException>(() => Memory.Resume(Asked(session, 2) with { Video = other }, state));

        Assert.Equal("/history", Assert.Single(gap.Errors).Pointer);
        Assert.Equal("/videoId", Assert.Single(stranger.Errors).Pointer);
    }

    [Fact]
    public async Task A_state_of_another_version_is_forgotten()
    {
        var session = Samples.Session(Samples.Constant(), await Samples.SampleVideoAsync()).Play(0, 1);

        var request = Memory.Resume(Asked(session, 1), """{"version":2,"levels":6,"chunks":48,"firstChunk":0,"played":[]}"""u8);

        Assert.Equal(1, Assert.Single(request.Played.ToArray()).Chunk);
    }

    private static AbrDecision Decision() => new() { Level = 0, BitrateKbps = 300, Policy = "test" };

    // What a player says: sizes and delays of the newest downloads, the level before, the buffer.
    private static AbrRequest Asked(PlaySession session, int downloads)
    {
        var newest = session.Played[^downloads..].ToArray()
            .Select(chunk => new PlayedChunk { Chunk = chunk.Chunk, Level = -1, SizeBytes = chunk.SizeBytes, DelayMs = chunk.DelayMs });
        return session.Request() with { Played = newest.ToArray(), HasContext = false };
    }

    private static void AssertKnows(PlaySession session, AbrRequest request)
    {
        Assert.Equal(session.Played.Length, request.Played.Length);
        for (var i = 0; i < session.Played.Length; i++)
        {
            var (expected, known) = (session.Played[i], request.Played.Span[i]);
            Assert.Equal((expected.Chunk, expected.Level, expected.SizeBytes, expected.DelayMs), (known.Chunk, known.Level, known.SizeBytes, known.DelayMs));

            // Milliseconds turn into seconds once more on the way.
            Assert.Equal(expected.RebufferSeconds, known.RebufferSeconds, 1e-9);
            Assert.Equal(expected.BufferSeconds, known.BufferSeconds, 1e-9);
            Assert.Equal(expected.Reward, known.Reward, 1e-8);
        }
    }
}
