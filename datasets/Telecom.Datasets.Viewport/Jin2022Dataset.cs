using Telecom.Datasets.Viewport.HeadTraces;
using Telecom.Sdk.Datasets;

namespace Telecom.Datasets.Viewport;

/// <summary>Jin2022: 27 one-minute videos, 84 viewers.</summary>
[ExportDataset("jin2022")]
public sealed class Jin2022Dataset() : HeadTraceDataset(
    new("jin2022", "Jin2022", OfficialSplits.Jin2022),
    "Jin2022: 27 one-minute 360-degree videos, 84 viewers, 5 Hz",
    "Jin et al., Where Are You Looking?, ACM Multimedia 2022; "
        + "files as prepared in github.com/duowuyms/NetLLM, viewport_prediction/data/viewports");
