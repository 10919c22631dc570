using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>
/// The shared base with an adapter, residual recipe: one token per history sample, displacements of all steps from the hidden state of the last one.
/// </summary>
internal sealed class AdaptedViewport : AdaptedMethod<ViewportRequest, ViewportForecast>
{
    private readonly Layers layers;
    private readonly DisplacementModel model;

    public AdaptedViewport(MethodSetup setup)
    {
        layers = new Layers(setup.Width, setup.Settings.Integer("horizon", 1, 100));
        model = new DisplacementModel(setup.Settings, layers.Front);
        Adapter = LearnedAdapter.From(setup.Settings);
    }

    public override nn.Module Modules => layers;

    public override AdapterOptions Adapter { get; }

    public override Suitability Examine(ViewportRequest request) => model.Examine(request);

    public override Embeddings Encode(ReadOnlySpan<ViewportRequest> batch) =>
        new(layers.Encode(model.Features(batch)));

    public override void Decode(Tensor hidden, ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results) =>
        model.Write(layers.Decode(hidden), batch, results);

    public override async ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        new DisplacementTrainingData(
            await TrainingWindows.ReadAsync(context, cancellationToken).ConfigureAwait(false),
            context.Settings,
            model,
            layers.Front,
            (features, pass) => layers.Decode(pass.Backbone!.Forward(new Embeddings(layers.Encode(features)))));

    private sealed class Layers : nn.Module
    {
        private const int FeatureWidth = 256;
        private const double NegativeSlope = 0.01;

        private readonly int horizon;
        private readonly ContentFront front = new();
        private readonly Linear feature;
        private readonly Linear projection;
        private readonly LayerNorm norm;
        private readonly Linear head;

        public Layers(int width, int horizon)
            : base(nameof(AdaptedViewport))
        {
            this.horizon = horizon;
            feature = nn.Linear(MotionFeatures.PerSample, FeatureWidth);
            projection = nn.Linear(FeatureWidth, width);
            norm = nn.LayerNorm(width);
            head = nn.Linear(width, horizon * ViewportRequest.Axes);
            nn.init.zeros_(head.weight);
            nn.init.zeros_(head.bias);
            RegisterComponents();
        }

        public ContentFront Front => front;

        // [B, H, 10] -> [B, H, d]
        public Tensor Encode(Tensor features) =>
            norm.forward(projection.forward(feature.forward(features).LeakyRelu(NegativeSlope)));

        // [B, H, d] -> [B, F, 3]
        public Tensor Decode(Tensor hidden) =>
            head.forward(hidden.select(1, hidden.shape[1] - 1)).view(-1, horizon, ViewportRequest.Axes);
    }
}
