using Telecom.Datasets.Viewport.HeadTraces;
using Telecom.Sdk.Datasets;

namespace Telecom.Datasets.Viewport;

/// <summary>Wu2017, first experiment: 9 videos of 2.7 to 11 minutes, 48 viewers.</summary>
[ExportDataset("wu2017")]
public sealed class Wu2017Dataset() : HeadTraceDataset(
    new("wu2017", "Wu2017", OfficialSplits.Wu2017),
    "Wu2017, experiment 1: 9 long 360-degree videos, 48 viewers, 5 Hz",
    "Wu et al., A Dataset for Exploring User Behaviors in VR Spherical Video Streaming, ACM MMSys 2017; "
        + "files as prepared in github.com/duowuyms/NetLLM, viewport_prediction/data/viewports");
