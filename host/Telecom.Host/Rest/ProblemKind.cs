namespace Telecom.Host.Rest;

/// <summary>One kind of refusal as HTTP tells it.</summary>
/// <param name="Code">snake_case code.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The same for every occurrence.</param>
internal sealed record ProblemKind(string Code, int Status, string Title);
