namespace Telecom.Runtime.Serving;

/// <summary>Where the time of an answered request went.</summary>
/// <param name="Total">From arrival to answer.</param>
/// <param name="Queue">Waiting.</param>
/// <param name="Input">Reading and checking.</param>
/// <param name="Infer">In a batch on the executor.</param>
/// <param name="Output">Writing.</param>
internal readonly record struct RequestTimes(TimeSpan Total, TimeSpan Queue, TimeSpan Input, TimeSpan Infer, TimeSpan Output);
