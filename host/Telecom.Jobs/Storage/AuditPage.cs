namespace Telecom.Jobs.Storage;

/// <summary>One page of the audit trail.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Continues behind the last item; null on the last page.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, long? Next);
