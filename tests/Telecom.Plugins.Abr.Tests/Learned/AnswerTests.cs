using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>Answers depend on their request alone: batched, one by one, or over the wire.</summary>
[Collection<LearnedGroup>]
public sealed class AnswerTests(LearnedLab lab)
{
    // Section 7.4 of the specification: 1e-4 on logits in float32.
    private const double Tolerance = 1e-4;

    public static TheoryData<string, string> Methods => new() { { "network", "features" }, { "network", "sequence" }, { "adapted", "" } };

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_batch_gives_what_single_requests_give(string method, string form)
    {
        using var model = Build(method, form);
        foreach (var chunks in new[] { 1, 7, 47 })
        {
            var requests = lab.Played(chunks).Select(session => session.Request()).ToArray();

            var batch = model.Logits(requests);

            for (var i = 0; i < requests.Length; i++)
            {
                var alone = model.Logits(requests[i])[0];
                Assert.All(alone.Zip(batch[i]), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_request_with_the_sessions_context_gives_what_the_running_session_gives(string method, string form)
    {
        using var model = Build(method, form);
        foreach (var session in lab.Played(30, count: 2))
        {
            var answer = model.Decide(session.Request())[0];

            var sent = model.Decide(Sent(session))[0];

            Assert.Equal(answer.Level, sent.Level);
            Assert.Equal(answer.Probabilities!, sent.Probabilities!);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Sessions_side_by_side_play_as_they_do_alone(string method, string form)
    {
        using var model = Build(method, form);
        var together = lab.Played(0, count: 4);
        var alone = lab.Played(0, count: 4);
        foreach (var session in together.Concat(alone))
        {
            session.Reset();
        }

        LockStep.Play(together, AbrProfile.NetLlm, model.Scored, null, null, TestContext.Current.CancellationToken);
        foreach (var session in alone.Reverse())
        {
            LockStep.Play([session], AbrProfile.NetLlm, model.Scored, null, null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(alone.Select(session => session.Summarise().LevelString), together.Select(session => session.Summarise().LevelString));
    }

    [Fact]
    public void A_seed_draws_levels_and_the_same_one_draws_them_again()
    {
        using var model = lab.Build("network").Scramble();
        var request = lab.Played(5, count: 1)[0].Request();

        var drawn = Enumerable.Range(0, 400).Select(seed => model.Decide(request with { SampleSeed = seed })[0]).ToArray();

        Assert.Equal(drawn[3].Level, model.Decide(request with { SampleSeed = 3 })[0].Level);
        var probabilities = drawn[0].Probabilities!;
        for (var level = 0; level < 6; level++)
        {
            // Five standard errors of a share of 400 draws.
            var margin = 5 * Math.Sqrt(probabilities[level] * (1 - probabilities[level]) / 400);
            Assert.InRange(drawn.Count(decision => decision.Level == level) / 400.0, probabilities[level] - margin, probabilities[level] + margin);
        }
    }

    [Fact]
    public void Sessions_that_a_policy_was_not_made_for_go_to_the_fallback()
    {
        using var model = lab.Build("network", ("chunks", "30"));
        var session = lab.Played(31, count: 1)[0];

        Assert.Equal("/chunkIndex", model.Method.Examine(session.Request()).Pointer);
        Assert.Equal("/history", model.Method.Examine(session.Request() with { Played = default }).Pointer);
        Assert.Null(model.Method.Examine(lab.Played(29, count: 1)[0].Request()).Pointer);
    }

    private LearnedModel Build(string method, string form) =>
        (form.Length == 0 ? lab.Build(method) : lab.Build(method, ("form", form))).Scramble();

    // The session as a client would send it.
    private static AbrRequest Sent(PlaySession session)
    {
        var video = session.Spec.Video;
        var errors = new InputErrors();
        var request = AbrCodec.Read(
            new()
            {
                Video = new()
                {
                    LadderKbps = video.BitratesKbps.ToArray(),
                    SizesBytes = [.. Enumerable.Range(0, video.Levels).Select(level => Enumerable.Range(0, video.Chunks)
                        .Select(chunk => (int)video.SizesBytes(chunk)[level]).ToArray())],
                },
                ChunkIndex = session.State.Chunk,
                LastLevel = session.State.LastLevel,
                BufferSeconds = session.State.BufferMs / 1000,
                Context = [.. session.CopyLog().Select(chunk => new AbrStepDocument
                {
                    Level = chunk.Level,
                    SizeBytes = chunk.SizeBytes,
                    DelayMs = chunk.DelayMs,
                    RebufferSeconds = chunk.RebufferSeconds,
                    BufferSeconds = chunk.BufferSeconds,
                })],
            },
            errors);
        Assert.True(errors.None);
        return request;
    }
}
