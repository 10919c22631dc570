namespace Telecom.Client;

/// <summary>One wrong member of a request.</summary>
/// <param name="Pointer">JSON pointer into the body, which begins with the index where an array was sent; or <c>/name</c> of a query parameter.</param>
/// <param name="Detail">What is wrong with it and what is allowed.</param>
public sealed record FieldError(string Pointer, string Detail);
