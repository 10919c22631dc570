using Telecom.Modeling.Execution;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Methods.Learned;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>A learned method that answers, on the executor thread, as the host lets it answer.</summary>
internal sealed class LearnedModel(DeviceExecutor executor, LoadedModel<ViewportRequest, ViewportForecast> loaded) : IDisposable
{
    public LoadedModel<ViewportRequest, ViewportForecast> Loaded => loaded;

    public LearnedMethod<ViewportRequest, ViewportForecast> Method =>
        loaded.Adapted ?? (LearnedMethod<ViewportRequest, ViewportForecast>)loaded.Direct!;

    /// <summary>The method as the benchmark sees it.</summary>
    public IMethod<ViewportRequest, ViewportForecast> Scored => new ExecutorMethod<ViewportRequest, ViewportForecast>(executor, loaded);

    /// <summary>Everything that training changes, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Trainable => Method.Modules.named_parameters()
        .Select(parameter => KeyValuePair.Create(parameter.name, (Tensor)parameter.parameter))
        .Concat(loaded.Adapter?.Parameters ?? new Dictionary<string, Tensor>())
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>The part of a residual model that knows the front.</summary>
    public ContentFront Front() => Method.Modules.modules().OfType<ContentFront>().Single();

    public long TrainableCount => Trainable.Values.Sum(tensor => tensor.numel());

    /// <summary>Raw degrees [F, 3] per request, answered in one batch.</summary>
    public float[][] Predict(params ViewportRequest[] batch) => executor.Run(() =>
    {
        var running = new MethodBatch<ViewportRequest, ViewportForecast>(loaded, batch);
        InferenceEngine.RunAlone(running);
        return running.Answers.ToArray().Select(forecast => forecast.RawDegrees.ToArray()).ToArray();
    });

    /// <summary>Fills every trainable tensor with normal numbers, so that nothing is switched off by zeros.</summary>
    public LearnedModel Scramble(int seed = 7) => executor.Run(() =>
    {
        using var noGradient = no_grad();
        TorchSharp.torch.random.manual_seed(seed);
        foreach (var tensor in Trainable.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            tensor.Value.normal_(0, 0.1);
        }

        return this;
    });

    public void Dispose() => executor.Run(() =>
    {
        loaded.Dispose();
        return true;
    });
}
