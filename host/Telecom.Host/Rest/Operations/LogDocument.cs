namespace Telecom.Host.Rest.Operations;

/// <summary>Data of a <c>log</c> event.</summary>
/// <param name="At">UTC.</param>
/// <param name="Message">One line for people.</param>
internal sealed record LogDocument(DateTime At, string Message);
