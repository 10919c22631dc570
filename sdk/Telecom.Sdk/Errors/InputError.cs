namespace Telecom.Sdk.Errors;

/// <summary>One wrong member of a request.</summary>
/// <param name="Pointer">JSON pointer to the member, e.g. <c>/samples/3/pitch</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong with it and what is allowed.</param>
public sealed record InputError(string Pointer, string Message);
