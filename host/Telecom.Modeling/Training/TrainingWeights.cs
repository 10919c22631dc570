using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>The tensors a run changes, and a copy of them at the best validation.</summary>
internal sealed class TrainingWeights : IDisposable
{
    private readonly TrainingRun run;
    private readonly SortedDictionary<string, Tensor> current = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tensor> best = new(StringComparer.Ordinal);

    public TrainingWeights(TrainingRun run)
    {
        this.run = run;
        var parameters = new List<TrainableParameter>();
        foreach (var (name, value) in run.Modules.named_parameters())
        {
            if (value.requires_grad)
            {
                // Biases and norm gains keep their scale: decay would only pull them towards an arbitrary zero.
                parameters.Add(new TrainableParameter("modules." + name, value, value.Dimensions > 1 ? run.Options.WeightDecay : 0));
            }
        }

        // Buffers too: running statistics belong to the weights they were measured with.
        foreach (var (name, value) in run.Modules.state_dict())
        {
            current.Add("modules." + name, value);
        }

        if (run.Adapter is { } adapter)
        {
            var ratios = adapter.LearningRateRatios;
            foreach (var (name, value) in adapter.Parameters)
            {
                parameters.Add(new TrainableParameter("adapter." + name, value, 0, ratios.GetValueOrDefault(name, 1)));
            }

            // Frozen tensors too: some methods move them between steps.
            foreach (var (name, value) in adapter.Saved)
            {
                current.Add("adapter." + name, value);
            }
        }

        Parameters = parameters;
        using var scope = NewDisposeScope();
        foreach (var (name, value) in current)
        {
            best[name] = value.detach().clone().DetachFromDisposeScope();
        }
    }

    /// <summary>What the optimiser changes.</summary>
    public IReadOnlyList<TrainableParameter> Parameters { get; }

    /// <summary>Current values by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Current => current;

    /// <summary>Values at the best validation by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Best => best;

    public void SetTraining(bool training)
    {
        run.Modules.train(training);
        if (run.Adapter is not null)
        {
            run.Adapter.Training = training;
        }
    }

    public void KeepAsBest() => Copy(current, best);

    public void RestoreBest()
    {
        Copy(best, current);
        run.Adapter?.Accept();
    }

    public void Dispose()
    {
        foreach (var tensor in best.Values)
        {
            tensor.Dispose();
        }
    }

    private static void Copy(SortedDictionary<string, Tensor> source, SortedDictionary<string, Tensor> destination)
    {
        using var noGradient = no_grad();
        foreach (var (name, tensor) in source)
        {
            destination[name].copy_(tensor);
        }
    }
}
