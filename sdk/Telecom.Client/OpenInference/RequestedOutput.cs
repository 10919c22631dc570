namespace Telecom.Client.OpenInference;

/// <summary>One output that a request asks for.</summary>
internal readonly record struct RequestedOutput(string Name, bool? IsBinary);
