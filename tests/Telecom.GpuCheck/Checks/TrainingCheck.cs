using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Training;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.GpuCheck.Checks;

/// <summary>Fifty training steps of every adapter method on the device and on the CPU give the same losses.</summary>
internal sealed class TrainingCheck : ICheck
{
    private const int Steps = 50;
    private const double Limit = 1e-3;

    private static readonly BaseConfiguration Shape = new()
    {
        HiddenSize = 64,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 2,
        HeadSize = 16,
        FeedForwardSize = 128,
        NormEpsilon = 1e-5,
        RopeTheta = 1e4,
    };

    public string Name => "training";

    public async Task RunAsync(CheckContext context)
    {
        foreach (var method in AdapterMethods.Names)
        {
            if (!context.Options.IsCuda)
            {
                context.NotRun($"{method}, {Steps} steps", "compares a GPU with the CPU");
                continue;
            }

            await context.Executor.RunAsync(
                () =>
                {
                    var (here, there) = (Losses(method, context.Device), Losses(method, CPU));
                    var difference = here.Zip(there).Max(pair => Math.Abs(pair.First - pair.Second));
                    context.AtMost($"{method}, {Steps} steps, largest difference of the loss from the CPU", difference, Limit);
                },
                CancellationToken.None);
        }
    }

    private static List<double> Losses(string method, Device device)
    {
        using var scope = NewDisposeScope();
        var weights = BaseInitializer.Seeded(Shape, 5, "small");
        weights.MoveTo(device);
        using var model = new BaseModel(weights);
        var settings = new LinearSettings { Rank = 4, Alpha = 8 };
        var placements = from layer in Enumerable.Range(0, Shape.LayerCount)
                         from target in new[] { "q_proj", "v_proj", "down_proj" }
                         select new AdapterPlacement(LinearSite.Of(weights, layer, target), settings);
        using var adapter = new Adapter(AdapterMethods.Create(method), placements, seed: 6);
        using var optimiser = new AdamW(adapter.Parameters.Select(pair => new TrainableParameter(pair.Key, pair.Value, 0)));
        var values = randn([4, 12, Shape.HiddenSize], generator: new Generator(7)).to(device);
        var wanted = randn([4, 12, Shape.HiddenSize], generator: new Generator(8)).to(device);
        var losses = new List<double>();
        for (var step = 0; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            adapter.Refresh();
            var hidden = model.Forward([new ForwardSegment(new Embeddings(values), adapter)])[0];
            var loss = nn.functional.mse_loss(hidden, wanted);
            loss.backward();
            losses.Add(loss.item<float>());
            optimiser.Step(1e-3);
            optimiser.ForgetGradients();
        }

        return losses;
    }
}
