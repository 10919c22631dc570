using Telecom.Sdk.Methods;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>y[k] = factor (x0 + x1 + x2) + k.</summary>
internal sealed class ToyAnalytic(double factor, ToyLog log) : IMethod<ToyRequest, ToyAnswer>
{
    public void Predict(ReadOnlySpan<ToyRequest> batch, Span<ToyAnswer> results)
    {
        log.Add("sum", batch);
        ToyMode.Act(batch);
        for (var row = 0; row < batch.Length; row++)
        {
            var sum = factor * batch[row].X.Sum();
            results[row] = batch[row].Mode == ToyMode.NoAnswer
                ? null!
                : new ToyAnswer { Y = [.. Enumerable.Range(0, batch[row].Steps ?? 1).Select(step => sum + step)] };
        }
    }
}
