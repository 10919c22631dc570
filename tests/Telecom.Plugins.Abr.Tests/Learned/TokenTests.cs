using Telecom.Plugins.Abr.Methods.Learned;
using Telecom.Plugins.Abr.Observations;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>Order and causality of the tokens (sections 7.1 and 12.4 of the specification).</summary>
[Collection<LearnedGroup>]
public sealed class TokenTests(LearnedLab lab)
{
    private const int Steps = 5;
    private const int Changed = 2;

    // float32 sums over up to 256 terms; a token that is seen moves logits by far more.
    private const double Rounding = 1e-5;

    public static TheoryData<string> Methods => ["network", "adapted"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_level_sees_its_own_observation_and_return_but_not_its_own_action_nor_what_follows(string method)
    {
        using var model = Build(method);
        var before = Logits(model, _ => { });

        var otherAction = Difference(before, Logits(model, batch => batch.Actions[Changed] += 0.5f));
        var otherReturn = Difference(before, Logits(model, batch => batch.Returns[Changed] += 1));
        var otherTime = Difference(before, Logits(model, batch => batch.TimeSteps[Changed] += 3));

        AssertFrom(Changed + 1, otherAction);
        AssertFrom(Changed, otherReturn);
        AssertFrom(Changed, otherTime);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_row_of_an_observation_moves_the_level_of_its_step_and_of_none_before(string method)
    {
        using var model = Build(method);
        var before = Logits(model, _ => { });

        for (var row = 0; row < AbrObservation.Features; row++)
        {
            // The newest column; of the sizes that of the highest level.
            var place = (row * 6) + 5;
            AssertFrom(Changed, Difference(before, Logits(model, batch => batch.State(0, Changed)[place] += 5)));
        }
    }

    [Fact]
    public void Features_of_a_step_stand_in_its_own_last_observation_token()
    {
        using var model = Build("adapted", "enriched");
        var before = Encode(model, _ => { });

        // The smallest next size is an input of s5, and of the buffer that the chunk would leave.
        var moved = Moved(before, Encode(model, batch => batch.State(0, Changed)[AbrObservation.NextSizes * 6] += 1));
        var action = Moved(before, Encode(model, batch => batch.Actions[Changed] += 1));

        Assert.Equal([(8 * Changed) + 5, (8 * Changed) + 6], moved);
        Assert.Equal([(8 * Changed) + 7], action);
    }

    [Fact]
    public void Tokens_of_a_step_stand_in_the_order_return_observation_action()
    {
        using var model = Build("adapted");
        var before = Encode(model, _ => { });

        Assert.Equal([8 * Changed], Moved(before, Encode(model, batch => batch.Returns[Changed] += 1)));
        for (var row = 0; row < AbrObservation.Features; row++)
        {
            var place = (row * 6) + 5;
            Assert.Equal([(8 * Changed) + 1 + row], Moved(before, Encode(model, batch => batch.State(0, Changed)[place] += 1)));
        }

        Assert.Equal([(8 * Changed) + 7], Moved(before, Encode(model, batch => batch.Actions[Changed] += 1)));
        Assert.Equal(Enumerable.Range(8 * Changed, 8), Moved(before, Encode(model, batch => batch.TimeSteps[Changed] += 3)));
    }

    [Fact]
    public void Of_rows_without_history_in_the_tokens_only_the_newest_column_counts()
    {
        using var model = Build("adapted");
        var before = Encode(model, _ => { });

        foreach (var row in new[] { AbrObservation.LastLevel, AbrObservation.Buffer, AbrObservation.ChunksLeft })
        {
            Assert.Empty(Moved(before, Encode(model, batch => batch.State(0, Changed)[(row * 6) + 4] += 1)));
        }

        foreach (var row in new[] { AbrObservation.Throughput, AbrObservation.DownloadTime, AbrObservation.NextSizes })
        {
            Assert.Single(Moved(before, Encode(model, batch => batch.State(0, Changed)[row * 6] += 1)));
        }
    }

    // The observation of the tests has six columns in every form.
    private LearnedModel Build(string method, string tokens = "netllm") => method == "network"
        ? lab.Build(method, ("form", "sequence"), ("history", "6"), ("window", "5"), ("features", "16")).Scramble()
        : lab.Build(method, ("tokens", tokens), ("window", "5"), ("features", "16")).Scramble();

    private static StepBatch Batch(Action<StepBatch> change)
    {
        var random = new Random(3);
        var batch = new StepBatch(1, Steps, 36);
        for (var i = 0; i < batch.States.Length; i++)
        {
            batch.States[i] = random.NextSingle();
        }

        for (var i = 0; i < Steps; i++)
        {
            (batch.Returns[i], batch.Actions[i], batch.TimeSteps[i]) = (random.NextSingle(), random.NextSingle(), 10 + i);
        }

        change(batch);
        return batch;
    }

    // [steps][M]
    private double[][] Logits(LearnedModel model, Action<StepBatch> change) => lab.Run(() =>
    {
        using var noGradient = no_grad();
        var backbone = model.Loaded.Adapter is { } adapter ? lab.Base.Backbone(adapter) : null;
        var logits = ((SequenceModules)model.Method.Modules).AllLevels(Batch(change), backbone);
        return Rows(logits, Steps);
    });

    // [8 steps][E]
    private double[][] Encode(LearnedModel model, Action<StepBatch> change) => lab.Run(() =>
    {
        using var noGradient = no_grad();
        var tokens = ((SequenceModules)model.Method.Modules).EncodeLast(Batch(change)).Values;
        return Rows(tokens.squeeze(0), (8 * Steps) - 1);
    });

    private static double[][] Rows(Tensor matrix, int rows)
    {
        var values = matrix.contiguous().data<float>().ToArray();
        return [.. values.Chunk(values.Length / rows).Select(row => row.Select(value => (double)value).ToArray())];
    }

    private static double[] Difference(double[][] one, double[][] other) =>
        [.. one.Zip(other, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max())];

    private static int[] Moved(double[][] one, double[][] other) =>
        [.. Difference(one, other).Select((distance, token) => (distance, token)).Where(pair => pair.distance > Rounding).Select(pair => pair.token)];

    private static void AssertFrom(int first, double[] differences)
    {
        Assert.All(differences[..first], difference => Assert.InRange(difference, 0, Rounding));
        Assert.True(differences[first] > 10 * Rounding, $"step {first} moved by {differences[first]} only");
    }
}
