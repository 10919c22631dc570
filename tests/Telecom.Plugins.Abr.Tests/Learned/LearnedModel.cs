using Telecom.Modeling.Execution;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>A learned policy that answers, on the executor thread, as the host lets it answer.</summary>
internal sealed class LearnedModel(DeviceExecutor executor, LoadedModel<AbrRequest, AbrDecision> loaded) : IDisposable
{
    public LoadedModel<AbrRequest, AbrDecision> Loaded => loaded;

    public LearnedMethod<AbrRequest, AbrDecision> Method => loaded.Adapted ?? (LearnedMethod<AbrRequest, AbrDecision>)loaded.Direct!;

    /// <summary>The policy as the benchmark sees it.</summary>
    public IMethod<AbrRequest, AbrDecision> Scored => new ExecutorMethod<AbrRequest, AbrDecision>(executor, loaded);

    /// <summary>Everything that training changes, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Trainable => Method.Modules.named_parameters()
        .Select(parameter => KeyValuePair.Create(parameter.name, (Tensor)parameter.parameter))
        .Concat(loaded.Adapter?.Parameters ?? new Dictionary<string, Tensor>())
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Decisions of one batch.</summary>
    public AbrDecision[] Decide(params AbrRequest[] batch) => executor.Run(() =>
    {
        var running = new MethodBatch<AbrRequest, AbrDecision>(loaded, batch);
        InferenceEngine.RunAlone(running);
        return running.Answers.ToArray();
    });

    /// <summary>Log-probabilities, [M] per request: logits but for a constant per row.</summary>
    public double[][] Logits(params AbrRequest[] batch) =>
        [.. Decide(batch).Select(decision => decision.Probabilities!.Select(probability => Math.Log(probability)).ToArray())];

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
