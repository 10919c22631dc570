namespace Telecom.Sdk.Methods;

/// <summary>The three outcomes of <see cref="Suitability"/>.</summary>
public enum SuitabilityKind
{
    /// <summary>The method answers.</summary>
    Suitable,

    /// <summary>The task's fallback answers.</summary>
    FallBack,

    /// <summary>The request is refused.</summary>
    Refused,
}
