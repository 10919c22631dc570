using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>A network of its own: two hidden layers with GELU over the whole window, displacements of all steps at once.</summary>
internal sealed class NetworkViewport : NetworkMethod<ViewportRequest, ViewportForecast>
{
    private readonly Layers layers;
    private readonly DisplacementModel model;

    public NetworkViewport(MethodSetup setup)
    {
        layers = new Layers(
            setup.Settings.Integer("history", 2, 100),
            setup.Settings.Integer("horizon", 1, 100),
            setup.Settings.Integer(LearnedSettings.HiddenSize, 1, 4096));
        model = new DisplacementModel(setup.Settings, layers.Front);
    }

    public override nn.Module Modules => layers;

    public override Suitability Examine(ViewportRequest request) => model.Examine(request);

    public override void Predict(ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results) =>
        model.Write(layers.forward(model.Features(batch)), batch, results);

    public override async ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        new DisplacementTrainingData(
            await TrainingWindows.ReadAsync(context, cancellationToken).ConfigureAwait(false),
            context.Settings,
            model,
            layers.Front,
            (features, _) => layers.forward(features));

    private sealed class Layers : nn.Module<Tensor, Tensor>
    {
        private readonly int horizon;
        private readonly ContentFront front = new();
        private readonly Linear first;
        private readonly Linear second;
        private readonly Linear head;

        public Layers(int history, int horizon, int hidden)
            : base(nameof(NetworkViewport))
        {
            this.horizon = horizon;
            first = nn.Linear(history * MotionFeatures.PerSample, hidden);
            second = nn.Linear(hidden, hidden);
            head = nn.Linear(hidden, horizon * ViewportRequest.Axes);
            nn.init.zeros_(head.weight);
            nn.init.zeros_(head.bias);
            RegisterComponents();
        }

        public ContentFront Front => front;

        // [B, H, 10] -> [B, F, 3]
        public override Tensor forward(Tensor features)
        {
            var hidden = nn.functional.gelu(first.forward(features.flatten(1)));
            hidden = nn.functional.gelu(second.forward(hidden));
            return head.forward(hidden).view(-1, horizon, ViewportRequest.Axes);
        }
    }
}
