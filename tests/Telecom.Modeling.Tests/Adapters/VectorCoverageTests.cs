using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>The vectors of the data that no method's own tests read, and a list of all of them.</summary>
public sealed class VectorCoverageTests : IDisposable
{
    // Each is read by a test: here, or by that of its method.
    private static readonly string[] Read =
    [
        "basis_rng", "bone_bat", "dora", "dynmole", "eora", "eva_rank_redistribution", "fira_adamw", "frugal_columns", "gather_lora", "ilora_ema",
        "loca", "loldu", "lora_sb", "lora_scaling", "merge", "miss", "nf4", "nola", "pissa", "shira", "sora_prox", "switch_balance_loss",
    ];

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Data_have_no_vector_that_no_test_reads()
    {
        var path = Path.Combine(SharedData.Folder("adapters"), "method-vectors.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));

        var names = document.RootElement.EnumerateObject().Select(member => member.Name);
        Assert.Equal(Read, names.Where(name => name[0] != '_').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Scales_are_those_of_the_data() =>
        Assert.All(MethodVectors.Of("lora_scaling").EnumerateArray(), example =>
        {
            var settings = new LinearSettings
            {
                Rank = example.GetProperty("r").GetInt32(),
                Alpha = example.GetProperty("alpha").GetDouble(),
                RankStabilized = example.GetProperty("rslora").GetBoolean(),
            };

            Assert.Equal(example.GetProperty("s").GetDouble(), settings.Scale, 1e-7);
        });

    [Fact]
    public void Rows_of_different_adapters_give_the_outputs_of_the_data()
    {
        var vector = MethodVectors.Of("gather_lora");
        var weight = vector.GetProperty("W").Matrix();
        var site = AdapterSamples.Site(3, 2) with { Weight = weight };
        var adapters = vector.GetProperty("A").EnumerateArray().Select((a, index) => Lora(
            site, a.Matrix(), vector.GetProperty("B")[index].Matrix(), vector.GetProperty("scaling")[index].GetDouble())).ToArray();

        foreach (var (row, index) in vector.GetProperty("adapter_index").EnumerateArray().Select((index, row) => (row, index.GetInt32())))
        {
            var x = vector.GetProperty("x")[row].Row().unsqueeze(0);
            var y = nn.functional.linear(x, weight);
            var sum = index < 0 ? y : y.add(adapters[index].Delta(0, "up_proj", x)!);

            Assert.Equal(vector.GetProperty("y")[row].Vector(), Arrays.Of(sum).Select(value => (double)value));
        }

        foreach (var adapter in adapters)
        {
            adapter.Dispose();
        }
    }

    [Fact]
    public void Dora_gives_the_weight_and_output_of_the_data()
    {
        var vector = MethodVectors.Of("dora");
        var site = AdapterSamples.Site(2, 2) with { Weight = vector.GetProperty("W").Matrix() };
        var settings = new LinearSettings { Rank = 1, Alpha = vector.GetProperty("scaling").GetDouble() };
        using var adapter = new Adapter(new DoraMethod(), [new AdapterPlacement(site, settings)], seed: 1);
        var linear = adapter.Linear(0, "up_proj")!;
        linear.Parameters["lora_A.weight"].copy_(vector.GetProperty("A").Matrix());
        linear.Parameters["lora_B.weight"].copy_(vector.GetProperty("B").Matrix());
        linear.Parameters["lora_magnitude_vector"].copy_(vector.GetProperty("m").Row());
        adapter.Refresh();
        var x = vector.GetProperty("x").Row().unsqueeze(0);
        var y = nn.functional.linear(x, site.Weight!);

        AssertClose(vector.GetProperty("W_merged").Matrix(), site.Weight!.add(linear.DeltaWeight()));
        AssertClose(vector.GetProperty("y").Row().unsqueeze(0), y.add(linear.Delta(x, y, training: false)!));
    }

    [Fact]
    public void Ranks_are_distributed_as_in_the_data()
    {
        var vector = MethodVectors.Of("eva_rank_redistribution");
        var ratios = vector.GetProperty("explained_variance_ratio").EnumerateObject()
            .ToDictionary(layer => layer.Name, layer => (IReadOnlyList<double>)layer.Value.Vector());

        var ranks = EvaRanks.Distribute(ratios, vector.GetProperty("budget").GetInt32());

        Assert.All(vector.GetProperty("ranks").EnumerateObject(), layer => Assert.Equal(layer.Value.GetInt32(), ranks[layer.Name]));
    }

    private static Adapter Lora(LinearSite site, Tensor a, Tensor b, double scale)
    {
        var rank = (int)a.shape[0];
        var adapter = new Adapter(new LoraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = rank, Alpha = rank * scale })], seed: 1);
        adapter.Linear(0, "up_proj")!.Parameters["lora_A.weight"].copy_(a);
        adapter.Linear(0, "up_proj")!.Parameters["lora_B.weight"].copy_(b);
        return adapter;
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected, actual), 0, MethodVectors.Tolerance);
}
