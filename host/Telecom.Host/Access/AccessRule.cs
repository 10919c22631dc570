namespace Telecom.Host.Access;

/// <summary>What an endpoint asks of its callers. An endpoint without a rule is for administrators alone.</summary>
/// <param name="Needed">Scope that the caller must have.</param>
/// <param name="IsOpen">Whether it answers everybody, without limits.</param>
internal sealed record AccessRule(Scopes Needed, bool IsOpen = false)
{
    private const Scopes Harmless = Scopes.Read | Scopes.Predict;

    /// <summary>The rule of what nobody gave one.</summary>
    public static AccessRule Default { get; } = new(Scopes.Admin);

    /// <summary>The rule of addresses at which there is nothing: whoever may ask at all hears so.</summary>
    public static AccessRule AnyCaller { get; } = new(Scopes.None);

    /// <summary>Whether requests that change something are noted in the audit trail.</summary>
    public bool IsAdministrative => (Needed & ~Harmless) != 0;

    /// <returns>The rule of an endpoint; null stands for an address at which there is none.</returns>
    public static AccessRule Of(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<AccessRule>() ?? (endpoint is RouteEndpoint ? Default : AnyCaller);
}
