using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Viewport.Windows;

/// <summary>Traces of one split.</summary>
/// <param name="Dataset">Dataset they come from, as the user would name it.</param>
/// <param name="Traces">At least one trace, in canonical order.</param>
/// <param name="Notes">Remarks for the reader of a report.</param>
internal sealed record LoadedTraces(string Dataset, IReadOnlyList<ViewportTrace> Traces, IReadOnlyList<string> Notes);
