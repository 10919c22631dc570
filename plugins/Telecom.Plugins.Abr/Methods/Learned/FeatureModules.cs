using Telecom.Sdk.Methods;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Two hidden layers over the features of one step; the steps before count only through their downloads.</summary>
internal sealed class FeatureModules : PolicyModules
{
    private const int FirstWidth = 192;
    private const int SecondWidth = 96;

    private readonly StepFeatures features;
    private readonly Linear first;
    private readonly Linear second;
    private readonly Linear head;

    public FeatureModules(StepFeatures features, int levels)
        : base(nameof(FeatureModules))
    {
        this.features = features;
        first = nn.Linear(features.Count, FirstWidth);
        second = nn.Linear(FirstWidth, SecondWidth);
        head = nn.Linear(SecondWidth, levels);
        RegisterComponents();
    }

    public override Tensor LastLevels(StepBatch batch, IBackbone? backbone)
    {
        var values = new float[batch.Rows * features.Count];
        for (var row = 0; row < batch.Rows; row++)
        {
            features.Write(batch, row, batch.Steps - 1, values.AsSpan(row * features.Count, features.Count));
        }

        return Levels(values, batch.Rows);
    }

    public override Tensor AllLevels(StepBatch batch, IBackbone? backbone) => Levels(features.Write(batch), batch.Rows * batch.Steps);

    private Tensor Levels(float[] values, int count)
    {
        var hidden = first.forward(ModelInput.Create(values, [count, features.Count], head.weight.device)).LeakyRelu();
        return head.forward(second.forward(hidden).LeakyRelu());
    }
}
