namespace Telecom.Host.Rest.Operations;

/// <summary>Something that happened to an operation.</summary>
/// <param name="Id">Counts up from 1 within the operation.</param>
/// <param name="Type"><c>progress</c>, <c>log</c>, <c>result</c> or <c>error</c>.</param>
/// <param name="Data">One JSON document without line ends, UTF-8.</param>
internal readonly record struct OperationEvent(long Id, string Type, ReadOnlyMemory<byte> Data);
