using Telecom.Sdk.Tasks;
using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Tests.Plugins;

/// <summary>Answers a batch of tensors with the default analytic method of a task.</summary>
internal sealed class TensorAnswer(params TensorValue[] inputs) : ITaskVisitor<IReadOnlyList<TensorValue>>
{
    public IReadOnlyList<TensorValue> Visit<TIn, TOut>(TaskDefinition<TIn, TOut> task)
        where TIn : class
        where TOut : class
    {
        var batch = task.TensorView.Read(inputs);
        var answers = new TOut[batch.Length];
        task.MethodDefinition(task.DefaultMethod.Id).Analytic!.Predict(batch, answers);
        return task.TensorView.Write(answers);
    }
}
