namespace Telecom.Sdk.Tensors;

/// <summary>Tensor form of a task's requests and answers, for the Open Inference Protocol.</summary>
public interface ITensorView<TIn, TOut>
{
    /// <summary>Names, types and shapes.</summary>
    TensorSignature Signature { get; }

    /// <summary>One request per row of the inputs, which already match <see cref="Signature"/>.</summary>
    /// <exception cref="Errors.InvalidInputException">Names the wrong element as <c>/name/row</c>.</exception>
    TIn[] Read(IReadOnlyList<TensorValue> inputs);

    /// <summary>The outputs of <see cref="Signature"/>, one row per answer.</summary>
    IReadOnlyList<TensorValue> Write(ReadOnlySpan<TOut> answers);
}
