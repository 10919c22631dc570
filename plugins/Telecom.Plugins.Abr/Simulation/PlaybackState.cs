namespace Telecom.Plugins.Abr.Simulation;

/// <summary>Where a session stands: a plain value, so that planners can copy it and try something.</summary>
internal struct PlaybackState
{
    /// <summary>Segment of the trace, 1 to n − 1.</summary>
    public int Segment;

    /// <summary>Position inside the trace in s.</summary>
    public double PositionSeconds;

    /// <summary>Buffer in ms.</summary>
    public double BufferMs;

    /// <summary>Next chunk k.</summary>
    public int Chunk;

    /// <summary>Level of the chunk before; 0 before chunk 0.</summary>
    public int LastLevel;
}
