using Telecom.Modeling.Measurement;

namespace Telecom.Host.Documents;

/// <summary>The report of <c>bench</c>.</summary>
/// <param name="Suite">Which suite.</param>
/// <param name="Version">Version of this program.</param>
/// <param name="Framework">The .NET runtime.</param>
/// <param name="System">Operating system and architecture.</param>
/// <param name="Processor">Model of the processor and its instructions for bfloat16.</param>
/// <param name="Tables">What was measured; in each table every row is compared with the first.</param>
internal sealed record BenchDocument(
    string Suite, string Version, string Framework, string System, string Processor, IReadOnlyList<MeasurementTable> Tables);
