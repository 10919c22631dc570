using Telecom.Sdk.Errors;

namespace Telecom.Host.Telemetry;

/// <summary>What is exported, and where to.</summary>
/// <param name="TritonNames">Whether Triton's names are exported too.</param>
/// <param name="OtlpEndpoint">Collector; null for none.</param>
internal sealed record TelemetrySettings(bool TritonNames, Uri? OtlpEndpoint)
{
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/> naming the setting.</exception>
    public static TelemetrySettings Read(IConfiguration? settings) => new(
        ReadSwitch(settings?[TelemetryServices.TritonNamesSetting]),
        ReadAddress(settings?[TelemetryServices.OtlpEndpointSetting]));

    private static bool ReadSwitch(string? text) => text switch
    {
        null or "" => false,
        _ when bool.TryParse(text, out var value) => value,
        _ => throw Invalid(TelemetryServices.TritonNamesSetting, text, "true or false"),
    };

    private static Uri? ReadAddress(string? text) => text switch
    {
        null or "" => null,
        _ when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https") => address,
        _ => throw Invalid(TelemetryServices.OtlpEndpointSetting, text, "an address such as http://localhost:4317"),
    };

    private static TelecomException Invalid(string setting, string text, string rule) =>
        new(ErrorCode.InvalidInput, $"Setting {setting}={text} is not valid: it must be {rule}.");
}
