namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Windows of decision steps as plain arrays: what the tokens are made of.</summary>
/// <param name="rows">Windows B.</param>
/// <param name="steps">Steps per window.</param>
/// <param name="stateSize">Values of an observation.</param>
internal sealed class StepBatch(int rows, int steps, int stateSize)
{
    /// <summary>Windows B.</summary>
    public int Rows => rows;

    /// <summary>Steps per window.</summary>
    public int Steps => steps;

    /// <summary>Return to go at each step, [B, steps].</summary>
    public float[] Returns { get; } = new float[rows * steps];

    /// <summary>Observation before each decision, [B, steps, 6, W].</summary>
    public float[] States { get; } = new float[rows * steps * stateSize];

    /// <summary>(level + 1) / M of each decision, [B, steps]; of a decision that is not made yet nothing reads it.</summary>
    public float[] Actions { get; } = new float[rows * steps];

    /// <summary>Index of each decision in its session, [B, steps]; 0 is that of chunk 1.</summary>
    public long[] TimeSteps { get; } = new long[rows * steps];

    /// <summary>Observation of one step.</summary>
    public Span<float> State(int row, int step) => States.AsSpan(((row * steps) + step) * stateSize, stateSize);
}
