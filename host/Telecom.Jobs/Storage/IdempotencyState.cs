namespace Telecom.Jobs.Storage;

/// <summary>How a request stands that carries an idempotency key.</summary>
public enum IdempotencyState
{
    /// <summary>It is new, and its owner may work on it.</summary>
    Granted,

    /// <summary>Somebody works on it.</summary>
    InFlight,

    /// <summary>The key was used for another request.</summary>
    Mismatch,

    /// <summary>It has been answered.</summary>
    Answered,
}
