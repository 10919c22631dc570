using System.Globalization;

namespace Telecom.Host.Rest;

/// <summary>How a caller prefers to be answered: the <c>Prefer</c> header (RFC 7240); what is not understood is left aside.</summary>
/// <param name="IsAsync">He wants to be told where the answer will be instead of waiting for it.</param>
/// <param name="Wait">How long he waits for an answer; null where he does not say.</param>
internal readonly record struct Preferences(bool IsAsync, TimeSpan? Wait)
{
    /// <summary>The preference for <see cref="IsAsync"/> on the wire.</summary>
    public const string RespondAsync = "respond-async";

    private const string WaitPrefix = "wait=";
    private const int LongestWaitSeconds = 3600;

    public static Preferences Read(HttpRequest request)
    {
        var isAsync = false;
        TimeSpan? wait = null;
        foreach (var preference in request.Headers["Prefer"].SelectMany(value => (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries)))
        {
            isAsync |= preference.Equals(RespondAsync, StringComparison.OrdinalIgnoreCase);
            if (preference.StartsWith(WaitPrefix, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(preference.AsSpan(WaitPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                wait ??= TimeSpan.FromSeconds(Math.Min(seconds, LongestWaitSeconds));
            }
        }

        return new(isAsync, wait);
    }
}
