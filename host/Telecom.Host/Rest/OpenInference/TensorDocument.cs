namespace Telecom.Host.Rest.OpenInference;

/// <summary>One tensor of a model; −1 in the shape stands for a variable dimension.</summary>
internal sealed record TensorDocument(string Name, string Datatype, long[] Shape);
