using Telecom.Modeling.Forward;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Methods.Learned;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>The paper's recipe: one forward per predicted sample.</summary>
[Collection<LearnedGroup>]
public sealed class RollOutTests(LearnedLab lab)
{
    private const int Rows = 8;

    // Specification, section 6.2: cached and uncached within 1e-5 in float32, in normalised units (180 degrees for roll and yaw).
    private const double Normalised = 1e-5;

    [Fact]
    public void A_cached_roll_out_feeds_29_tokens_for_10_past_and_20_future_samples()
    {
        using var model = Netllm();

        var fed = lab.Run(() =>
        {
            using var noGradient = no_grad();
            using var batch = new MethodBatch<ViewportRequest, ViewportForecast>(model.Loaded, lab.Requests[..Rows]);
            var tokens = new List<long>();
            batch.Begin();
            while (batch.Tokens is { } next)
            {
                tokens.Add(next.Values.shape[1]);
                ForwardRound.Run([batch]);
            }

            Assert.Null(batch.Failure);
            return tokens;
        });

        Assert.Equal(20, fed.Count);
        Assert.Equal(29, fed.Sum());
    }

    [Fact]
    public void Without_a_cache_the_same_roll_out_feeds_390_tokens()
    {
        using var model = Netllm();
        var counting = new CountingBackbone(new AdaptedBackbone(lab.Base.Model!, model.Loaded.Adapter));

        lab.Run(() => Training(model).RollOut(Past(), 20, counting));

        Assert.Equal(390, counting.TokensPerRow);
    }

    [Fact]
    public void Teacher_forcing_feeds_every_token_once()
    {
        using var model = Netllm();
        var counting = new CountingBackbone(new AdaptedBackbone(lab.Base.Model!, model.Loaded.Adapter));

        lab.Run(() => Training(model).TeacherForce(Past(), zeros([Rows, 20, 3]), counting));

        Assert.Equal(30, counting.TokensPerRow);
    }

    [Fact]
    public void Cached_and_uncached_roll_outs_are_equal()
    {
        using var model = Netllm();

        var cached = model.Predict(lab.Requests[..Rows]);
        var uncached = lab.Run(() => ToDegrees(Training(model).RollOut(Past(), 20, Backbone(model))));

        Assert.InRange(Degrees.Distance(uncached, [.. cached.SelectMany(row => row)]), 0, 180 * Normalised);
    }

    [Fact]
    public void Teacher_forcing_with_the_models_own_predictions_equals_the_roll_out()
    {
        using var model = Netllm();

        var largest = lab.Run(() =>
        {
            using var noGradient = no_grad();
            var rolledOut = Training(model).RollOut(Past(), 20, Backbone(model));
            var forced = Training(model).TeacherForce(Past(), rolledOut, Backbone(model));
            return forced.sub(rolledOut).abs().max().item<float>();
        });

        Assert.InRange(largest, 0, Normalised);
    }

    [Fact]
    public void A_roll_out_goes_on_beyond_the_trained_horizon_without_changing_its_beginning()
    {
        using var model = Netllm();
        var request = lab.Requests[0];

        var twenty = model.Predict(request)[0];
        var hundred = model.Predict(request with { Steps = 100 })[0];

        Assert.Equal(300, hundred.Length);
        Assert.InRange(Degrees.Distance(twenty, hundred.AsSpan(0, 60)), 0, 180 * Normalised);
    }

    [Fact]
    public void Requests_for_different_horizons_never_share_a_batch()
    {
        using var model = Netllm();
        var request = lab.Requests[0];

        Assert.NotEqual(model.Method.BatchKey(request), model.Method.BatchKey(request with { Steps = 21 }));
        Assert.Equal(model.Method.BatchKey(request), model.Method.BatchKey(lab.Requests[1]));
    }

    private LearnedModel Netllm() => lab.Build("adapted", ("recipe", "netllm")).Scramble();

    private IBackbone Backbone(LearnedModel model) => lab.Base.Backbone(model.Loaded.Adapter);

    private static NetLlmTrainingData Training(LearnedModel model) => new(null!, (NetLlmLayers)model.Method.Modules, 0);

    private Tensor Past()
    {
        var past = new float[Rows * 30];
        for (var row = 0; row < Rows; row++)
        {
            NormalizedAngles.Write(lab.Requests[row].Latest(10), past.AsSpan(row * 30, 30));
        }

        return tensor(past, [Rows, 10, 3]);
    }

    private static float[] ToDegrees(Tensor normalized) => NormalizedAngles.ToDegrees(normalized.detach().contiguous().data<float>().ToArray());

    private sealed class CountingBackbone(IBackbone inner) : IBackbone
    {
        public int Width => inner.Width;

        public long TokensPerRow { get; private set; }

        public Tensor Forward(Embeddings tokens)
        {
            TokensPerRow += tokens.Values.shape[1];
            return inner.Forward(tokens);
        }
    }
}
