using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>The <c>Access:</c> settings.</summary>
internal sealed record AccessSettings
{
    /// <summary>Whether callers on this machine need a key for everything, too, e.g. because a proxy stands before the host.</summary>
    public bool RequireKeys { get; init; }

    /// <summary>Whether <c>/metrics</c> is open.</summary>
    public bool OpenMetrics { get; init; }

    /// <summary>Requests per second of one caller, on average.</summary>
    public int RequestsPerSecond { get; init; } = 50;

    /// <summary>Requests of one caller at once.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>Rows of a caller in a day, unless his key says otherwise; null for any number.</summary>
    public long? RowsPerDay { get; init; }

    /// <summary>Requests that one task answers at the same time, of all callers together.</summary>
    public int RequestsPerTask { get; init; } = 256;

    /// <summary>Web pages that may ask from a browser, e.g. <c>https://panel.example</c>; none unless set.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Tokens of an identity provider; null where none are taken.</summary>
    public TokenSettings? Tokens { get; init; }

    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/> naming the setting and what it takes.</exception>
    public static AccessSettings Read(IConfiguration? settings)
    {
        var standard = new AccessSettings();
        return settings is null
            ? standard
            : new()
            {
                RequireKeys = Flag(settings, "Access:RequireKeys"),
                OpenMetrics = Flag(settings, "Access:OpenMetrics"),
                RequestsPerSecond = (int)(Number(settings, "Access:RequestsPerSecond", 1, 100_000) ?? standard.RequestsPerSecond),
                Burst = (int)(Number(settings, "Access:Burst", 1, 1_000_000) ?? standard.Burst),
                RowsPerDay = Number(settings, "Access:RowsPerDay", 0, long.MaxValue),
                RequestsPerTask = (int)(Number(settings, "Access:RequestsPerTask", 1, 1_000_000) ?? standard.RequestsPerTask),
                Origins = ReadOrigins(settings),
                Tokens = TokenSettings.Read(settings),
            };
    }

    /// <returns>Whether a switch is on; off where it is not set.</returns>
    public static bool Flag(IConfiguration settings, string name) => settings[name] switch
    {
        null => false,
        var text when bool.TryParse(text, out var isSet) => isSet,
        var text => throw new TelecomException(ErrorCode.InvalidInput, $"Setting {name}={text} is not valid: it must be true or false."),
    };

    private static long? Number(IConfiguration settings, string name, long minimum, long maximum) => settings[name] switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum => value,
        var text => throw new TelecomException(
            ErrorCode.InvalidInput,
            string.Create(CultureInfo.InvariantCulture, $"Setting {name}={text} is not valid: it must be an integer from {minimum} to {maximum}.")),
    };

    private static string[] ReadOrigins(IConfiguration settings)
    {
        const string Name = "Access:Origins";
        var origins = (settings[Name] ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var origin in origins)
        {
            // An origin has no path, and "any" would hand the answers of this host to every page that a user of a key opens.
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var address) || address.GetLeftPart(UriPartial.Authority) != origin)
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput, $"Setting {Name}={origin} is not valid: name origins such as https://panel.example, separated by semicolons.");
            }
        }

        return origins;
    }
}
