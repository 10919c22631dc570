using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Documents;

/// <summary>One change of state of a plugin as REST shows it.</summary>
internal sealed record PluginEventDocument
{
    public required string Plugin { get; init; }

    public required string? Version { get; init; }

    public required string? Fingerprint { get; init; }

    public required string? From { get; init; }

    public required string To { get; init; }

    /// <summary>Wire name of the kind of failure.</summary>
    public required string? Code { get; init; }

    public required string Reason { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime At { get; init; }

    public static PluginEventDocument Of(PluginTransition transition) => new()
    {
        Plugin = transition.Plugin,
        Version = transition.Version,
        Fingerprint = transition.Fingerprint,
        From = transition.From?.ToString(),
        To = transition.To.ToString(),
        Code = transition.Code?.WireName(),
        Reason = transition.Reason,
        At = transition.AtUtc.UtcDateTime,
    };
}
