using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Adapters as tasks ask for them, by name.</summary>
public sealed class TaskAdapterTests : IDisposable
{
    private static readonly AdapterOptions Options = new() { Rank = 2, Alpha = 6, Dropout = 0, Targets = ["q_proj", "down_proj"] };

    private readonly TemporaryFolder folder = new();
    private readonly BaseModel model = SmallBase.Model(SmallBase.Plain);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public static TheoryData<string> Methods => [.. AdapterMethods.Names];

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_known_method_is_built_by_its_name_and_comes_back_from_its_file(string name)
    {
        using var adapter = TaskAdapter.Create(Options with { Method = name, MethodOptions = SmallNumbers(name) }, model.Weights, seed: 4);
        AdapterSamples.Perturb(adapter);

        PeftWriter.Write(folder.Path, adapter, "small", model.Fingerprint);
        using var again = PeftFolder.Open(folder.Path).Load(model.Weights);

        Assert.Equal(name == "rslora" ? "lora" : name, adapter.Method.Name);
        Assert.Equal(4, again.Placements.Count);

        // Float32 sums in another order where factors were folded.
        Assert.InRange(Arrays.MaxDifference(Answer(adapter), Answer(again)), 0, 1e-4);
        Assert.True(Arrays.MaxDifference(Answer(null), Answer(adapter)) > 1e-3);
    }

    [Fact]
    public void Unknown_method_is_refused_with_the_names_of_the_known_ones()
    {
        var exception = Assert.Throws<TelecomException>(() => TaskAdapter.Create(Options with { Method = "lorra" }, model.Weights, seed: 1));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains("Unknown adapter method 'lorra'. Known methods: lora, rslora, dora", exception.Message, StringComparison.Ordinal);
        Assert.Contains("shira", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eva")]
    [InlineData("lora-sb")]
    public void Method_that_starts_from_measurements_is_refused_with_the_reason(string name)
    {
        var exception = Assert.Throws<TelecomException>(() => TaskAdapter.Create(Options with { Method = name }, model.Weights, seed: 1));

        Assert.Contains($"'{name}' starts from measurements", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_option_of_a_method_is_refused()
    {
        var options = Options with { MethodOptions = new Dictionary<string, double> { ["bases"] = 3 } };

        var exception = Assert.Throws<TelecomException>(() => TaskAdapter.Create(options, model.Weights, seed: 1));

        Assert.Contains("Adapter method 'lora': it has no option 'bases'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    public void Learning_rate_ratio_out_of_range_is_refused(double ratio)
    {
        var exception = Assert.Throws<TelecomException>(
            () => TaskAdapter.Create(Options with { LearningRateRatio = ratio }, model.Weights, seed: 1));

        Assert.Contains("learning rate ratio", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Learning_rate_ratio_reaches_every_b_and_nothing_else()
    {
        using var adapter = TaskAdapter.Create(Options with { Method = "dora", LearningRateRatio = 16 }, model.Weights, seed: 1);
        using var plain = TaskAdapter.Create(Options, model.Weights, seed: 1);

        Assert.Equal(
            adapter.Parameters.Keys.Where(name => name.EndsWith("lora_B.weight", StringComparison.Ordinal)), adapter.LearningRateRatios.Keys.Order());
        Assert.All(adapter.LearningRateRatios.Values, ratio => Assert.Equal(16, ratio));
        Assert.Empty(plain.LearningRateRatios);
    }

    [Fact]
    public void Own_types_carry_a_name_that_peft_does_not_know()
    {
        using var adapter = TaskAdapter.Create(Options with { Method = "nola", MethodOptions = SmallNumbers("nola") }, model.Weights, seed: 1);

        PeftWriter.Write(folder.Path, adapter, "small", model.Fingerprint);

        var configuration = File.ReadAllText(folder.File("adapter_config.json"));
        Assert.Contains("\"peft_type\": \"TELECOM_NOLA\"", configuration, StringComparison.Ordinal);
        Assert.Contains("\"bases\": 5", configuration, StringComparison.Ordinal);
        Assert.Contains($"\"base_fingerprint\": \"{model.Fingerprint}\"", configuration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bone-bat")]
    [InlineData("loldu")]
    public void Adapter_that_depends_on_its_base_needs_the_fingerprint_in_its_file(string name)
    {
        using var adapter = TaskAdapter.Create(Options with { Method = name }, model.Weights, seed: 1);
        PeftWriter.Write(folder.Path, adapter, "small", model.Fingerprint);
        var path = folder.File("adapter_config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("base_fingerprint", "other_member", StringComparison.Ordinal));

        var read = Assert.Throws<TelecomException>(() => PeftFolder.Open(folder.Path).Load(model.Weights));
        var written = Assert.Throws<TelecomException>(() => PeftWriter.Write(folder.Path, adapter, "small", null));
        using var allowed = PeftFolder.Open(folder.Path).Load(model.Weights, allowBaseMismatch: true);

        Assert.Equal(ErrorCode.BaseIncompatible, read.Code);
        Assert.Contains("names no base_fingerprint", read.Message, StringComparison.Ordinal);
        Assert.Contains("give the base's fingerprint", written.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, double> SmallNumbers(string name) => name switch
    {
        "nola" => new() { ["bases"] = 5 },
        "loca" => new() { ["coefficients"] = 12 },
        "miss-mini" => new() { ["width"] = 4 },
        _ => [],
    };

    private float[] Answer(Adapter? adapter) =>
        Arrays.Of(model.Forward([new ForwardSegment(new Embeddings(Arrays.Tokens(1, 2, 5, 16)), adapter)])[0]);
}
