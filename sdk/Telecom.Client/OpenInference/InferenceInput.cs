namespace Telecom.Client.OpenInference;

/// <summary>One tensor of a request: where its bytes are among those of the request.</summary>
internal readonly record struct InferenceInput(string Name, TensorDataType DataType, long[] Shape, int Start, int Bytes);
