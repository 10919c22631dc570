namespace Telecom.Modeling.Execution;

/// <summary>Work returned after its thread had been given up: it must touch nothing any more, and only unwind.</summary>
public sealed class ThreadReplacedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ThreadReplacedException()
        : base("The call took so long that its thread was given up.")
    {
    }
}
