using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019), beta = (0.9, 0.999), eps = 1e-8. Written out so that its moments are plain named tensors, which makes a
/// resumed run continue to the byte.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly TrainableParameter[] parameters;
    private readonly Tensor[] first;
    private readonly Tensor[] second;

    public AdamW(IEnumerable<TrainableParameter> parameters)
    {
        this.parameters = [.. parameters];
        first = [.. this.parameters.Select(parameter => Zeros(parameter.Value))];
        second = [.. this.parameters.Select(parameter => Zeros(parameter.Value))];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Both moments of every parameter by name, for checkpoints.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Moments =>
        parameters.SelectMany((parameter, i) => new[]
        {
            KeyValuePair.Create($"first.{parameter.Name}", first[i]),
            KeyValuePair.Create($"second.{parameter.Name}", second[i]),
        });

    /// <summary>Scales all gradients so that their joint L2 norm is at most <paramref name="limit"/>; 0 leaves them alone.</summary>
    /// <returns>The norm before scaling; 0 without gradients.</returns>
    public double ClipGradients(double limit)
    {
        using var scope = NewDisposeScope();
        var gradients = parameters.Select(parameter => parameter.Value.grad).OfType<Tensor>().ToArray();
        if (gradients.Length == 0)
        {
            return 0;
        }

        var norm = stack([.. gradients.Select(gradient => gradient.Squared().sum())]).sum().sqrt().item<float>();
        if (limit > 0 && norm > limit)
        {
            using Scalar factor = limit / (norm + 1e-6);
            foreach (var gradient in gradients)
            {
                gradient.mul_(factor);
            }
        }

        return norm;
    }

    /// <summary>
    /// One update: w -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) + lr decay w, with lr the parameter's own. A parameter without
    /// gradient stays as it is.
    /// </summary>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Steps++;
        var correction1 = 1.0 - Math.Pow(Beta1, Steps);
        var correction2 = Math.Sqrt(1.0 - Math.Pow(Beta2, Steps));
        for (var i = 0; i < parameters.Length; i++)
        {
            var (_, value, decay, ratio) = parameters[i];
            if (value.grad is not { } gradient)
            {
                continue;
            }

            if (decay > 0)
            {
                value.TimesInPlace(1.0 - (learningRate * ratio * decay));
            }

            first[i].TimesInPlace(Beta1).PlusInPlace(gradient, 1.0 - Beta1);
            second[i].TimesInPlace(Beta2).PlusProductInPlace(gradient, gradient, 1.0 - Beta2);
            var scale = second[i].sqrt().OverInPlace(correction2).PlusInPlace(Epsilon);
            value.PlusQuotientInPlace(first[i], scale, -learningRate * ratio / correction1);
        }
    }

    /// <summary>
    /// Removes every gradient. Zeros instead would let moments decay that a resumed run, which starts without gradients, leaves alone.
    /// </summary>
    public void ForgetGradients()
    {
        foreach (var parameter in parameters)
        {
            parameter.Value.grad = null;
        }
    }

    public void Dispose()
    {
        foreach (var moment in first.Concat(second))
        {
            moment.Dispose();
        }
    }

    private static Tensor Zeros(Tensor value) => zeros_like(value, requires_grad: false).DetachFromDisposeScope();
}
