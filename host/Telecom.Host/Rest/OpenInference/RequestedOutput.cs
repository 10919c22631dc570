namespace Telecom.Host.Rest.OpenInference;

/// <summary>One output of an answer.</summary>
/// <param name="Index">Its place in the model's signature.</param>
/// <param name="IsBinary">Whether it follows the JSON as bytes.</param>
internal readonly record struct RequestedOutput(int Index, bool IsBinary);
