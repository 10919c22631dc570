namespace Telecom.Runtime.Serving;

/// <summary>What was served since the start, counted as Triton counts it.</summary>
/// <param name="RequestSuccess">Requests that were answered.</param>
/// <param name="RequestFailure">Requests that were refused, dropped, cancelled or failed.</param>
/// <param name="InferenceCount">Rows that were answered.</param>
/// <param name="ExecCount">Batches that were answered.</param>
internal readonly record struct ServingCounters(long RequestSuccess, long RequestFailure, long InferenceCount, long ExecCount);
