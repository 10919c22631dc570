namespace Telecom.Plugins.Abr.Simulation;

/// <summary>One session to play: a trace with its start, and a video.</summary>
/// <param name="Timeline">The link.</param>
/// <param name="Video">The video.</param>
/// <param name="StartPointer">Segment the session starts in.</param>
/// <param name="Index">Index in its run; with the seed it selects the noise.</param>
internal sealed record SessionSpec(LinkTimeline Timeline, PlayableVideo Video, int StartPointer, int Index)
{
    /// <summary>Set the trace belongs to.</summary>
    public string Set => Timeline.Trace.Set;

    /// <summary>Name of the trace.</summary>
    public string TraceName => Timeline.Trace.Name;
}
