namespace Telecom.Sdk.Methods;

/// <summary>Whether a method can answer a request: yes, no but another method can (fallback), or nobody can (refusal).</summary>
public readonly record struct Suitability
{
    private Suitability(SuitabilityKind kind, string pointer, string reason)
    {
        Kind = kind;
        Pointer = pointer;
        Reason = reason;
    }

    /// <summary>The method answers.</summary>
    public static Suitability Suitable => default;

    /// <summary>Which of the three it is.</summary>
    public SuitabilityKind Kind { get; }

    /// <summary>JSON pointer to the member that rules the method out; null when suitable.</summary>
    public string? Pointer { get; }

    /// <summary>Why; null when suitable.</summary>
    public string? Reason { get; }

    /// <summary>The task's fallback method answers instead, and the answer says so.</summary>
    public static Suitability FallBack(string pointer, string reason) => new(SuitabilityKind.FallBack, pointer, reason);

    /// <summary>The request is refused as unprocessable.</summary>
    public static Suitability Refused(string pointer, string reason) => new(SuitabilityKind.Refused, pointer, reason);
}
