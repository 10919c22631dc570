namespace Telecom.Client.Documents;

/// <summary>One administrative request of the past.</summary>
/// <param name="At">When.</param>
/// <param name="Caller">Id of the caller.</param>
/// <param name="CallerName">Name of the caller at that time.</param>
/// <param name="Action">Name of the operation.</param>
/// <param name="Target">What it was done to.</param>
/// <param name="Status">HTTP status of the answer; 0 for the command line.</param>
/// <param name="TraceId">Finds the request in log and traces; null without one.</param>
public sealed record AuditInfo(DateTimeOffset At, string Caller, string CallerName, string Action, string Target, int Status, string? TraceId);
