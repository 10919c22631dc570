using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Training;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Whatever adapters do, the shared base keeps its bytes.</summary>
public sealed class BaseIntegrityTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_train_merge_switch_and_evict_leaves_every_byte_of_the_base(int seed)
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        string[] names = [.. AdapterMethods.Names];
        var adapters = names.ToDictionary(name => name, name => AdapterSamples.Trained(name, model.Weights));

        for (var turn = 0; turn < 60; turn++)
        {
            using var scope = NewDisposeScope();
            var name = names[random.Next(names.Length)];
            switch (random.Next(4))
            {
                case 0:
                    Train(model, adapters[name], turn);
                    break;
                case 1 when adapters[name].Kind != AdapterKind.Routed:
                    Merge(adapters[name], random);
                    break;
                case 2:
                    Switch(adapters["shira"], random);
                    break;
                default:
                    adapters[name] = Evicted(model, adapters[name], Path.Combine(folder.Path, $"{turn}"));
                    break;
            }
        }

        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
        Assert.All(model.Weights.Tensors.Values, weight => Assert.True(weight.grad is null && !weight.requires_grad));
        foreach (var adapter in adapters.Values)
        {
            adapter.Dispose();
        }
    }

    private static void Train(BaseModel model, Adapter adapter, int turn)
    {
        using var optimizer = new AdamW(adapter.Parameters.Select(pair => new TrainableParameter(pair.Key, pair.Value, 0)));
        var tokens = new Embeddings(Arrays.Tokens((ulong)turn, 2, 4, 16));
        adapter.Training = true;
        adapter.BeforeStep(new AdapterStep(turn, 100));
        model.Forward([new ForwardSegment(tokens, adapter)])[0].square().mean().backward();
        optimizer.Step(0.01);
        adapter.AfterStep(new AdapterStep(turn, 100));
        optimizer.ForgetGradients();
        adapter.Training = false;
    }

    private static void Merge(Adapter adapter, Random random)
    {
        using var noGradient = no_grad();
        var site = adapter.Placements[random.Next(adapter.Placements.Count)].Site;
        using var merged = new MergedWeight(site.Weight!);
        merged.Merge(adapter.Linear(site.Layer, site.Target)!);
        Assert.NotEqual(Arrays.BytesOf(site.Weight!), Arrays.BytesOf(merged.Current));
        merged.Unmerge();
        Assert.Same(site.Weight, merged.Current);
    }

    private static void Switch(Adapter adapter, Random random)
    {
        var site = adapter.Placements[random.Next(adapter.Placements.Count)].Site;
        using var switched = new SparseSwitch(site.Weight!);
        switched.On(adapter.Linear(site.Layer, site.Target)!);
        switched.On(adapter.Linear(site.Layer, site.Target)!);
        switched.Off();
        Assert.Equal(Arrays.BytesOf(site.Weight!), Arrays.BytesOf(switched.Current));
    }

    private static Adapter Evicted(BaseModel model, Adapter adapter, string directory)
    {
        using var noGradient = no_grad();
        Directory.CreateDirectory(directory);
        PeftWriter.Write(directory, adapter, "small", model.Fingerprint);
        adapter.Dispose();
        return PeftFolder.Open(directory).Load(model.Weights);
    }
}
