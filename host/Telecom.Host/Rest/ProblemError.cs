namespace Telecom.Host.Rest;

/// <summary>One wrong member.</summary>
/// <param name="Pointer">JSON pointer into the body, or <c>/name</c> of a query parameter.</param>
/// <param name="Detail">What is wrong with it and what is allowed.</param>
internal sealed record ProblemError(string Pointer, string Detail);
