using Telecom.Runtime.Adapters;

namespace Telecom.Runtime.Serving;

/// <summary>What a request brings along beside its rows.</summary>
/// <param name="Deadline">Until when an answer is of use.</param>
/// <param name="Lease">The adapter; released when the request is done, also when it is refused.</param>
/// <param name="Client">Whose fair share it is counted for; null counts it for its adapter, or else its method.</param>
/// <param name="Clock">Told when it is admitted, started and ended; null where nobody measures.</param>
internal readonly record struct Ticket(Deadline Deadline, AdapterLease? Lease = null, string? Client = null, RequestClock? Clock = null);
