namespace Telecom.Runtime.Plugins;

/// <summary>Times of one plugin version.</summary>
/// <param name="Timeout">Time in which a request is answered or refused, unless it says otherwise.</param>
/// <param name="Call">Time after which code of the plugin that has not returned counts as hanging.</param>
internal sealed record RouteLimits(TimeSpan Timeout, TimeSpan Call)
{
    /// <returns>What the host allows, or less where the manifest asks for less.</returns>
    public static RouteLimits Of(ManifestLimits limits, TimeSpan host)
    {
        var own = limits.TimeoutMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : host;
        return own < host ? new(own, own) : new(host, host);
    }
}
