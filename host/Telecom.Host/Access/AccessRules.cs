namespace Telecom.Host.Access;

/// <summary>Gives rules to endpoints; the rule of an endpoint counts more than that of its group.</summary>
internal static class AccessRules
{
    /// <summary>Only callers with this scope.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoints, Scopes scope)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new AccessRule(scope));

    /// <summary>Callers with any scope; strangers not.</summary>
    public static TBuilder NeedsCaller<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(AccessRule.AnyCaller);

    /// <summary>Everybody.</summary>
    public static TBuilder IsOpen<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new AccessRule(Scopes.None, IsOpen: true));
}
