namespace Telecom.Datasets.Abr.Traces;

/// <summary>One row of <c>start_pointers.csv</c>.</summary>
/// <param name="Segment">Segment a session starts in.</param>
/// <param name="Path">The file.</param>
/// <param name="Line">The row's line, from 1.</param>
internal sealed record StartPointer(int Segment, string Path, int Line);
