namespace Telecom.Client.Documents;

/// <summary>The process answers.</summary>
/// <param name="Live">Always true in an answer.</param>
public sealed record LiveReport(bool Live);
