using System.Globalization;
using Telecom.Host.Predictions;
using Telecom.Runtime;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Sessions;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Terminal;

/// <summary>The <c>Serving:</c>, <c>Adapters:</c> and <c>Sessions:</c> settings: sizes of batches and queue, patience, and the budgets of adapters.</summary>
internal static class ServingSettings
{
    private const int LongestTimeoutMs = 600_000;
    private const int LongestIdleMs = 86_400_000;

    /// <param name="options">What counts where nothing is set.</param>
    /// <param name="settings">The settings; null for none.</param>
    /// <returns>The options with what is set.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/> naming the setting and its range.</exception>
    public static RuntimeOptions Apply(RuntimeOptions options, IConfiguration? settings)
    {
        if (settings is null)
        {
            return options;
        }

        var adapters = options.Adapters;
        return options with
        {
            MaxBatchRows = (int)Number(settings, "Serving:MaxBatchRows", options.MaxBatchRows, 1, 4096),
            MaxBatchTokens = (int)Number(settings, "Serving:MaxBatchTokens", options.MaxBatchTokens, 1, 1 << 20),
            MaxQueue = (int)Number(settings, "Serving:MaxQueue", options.MaxQueue, 1, 1 << 20),
            MaxQueueDelay = Milliseconds(settings, "Serving:MaxQueueDelayMs", options.MaxQueueDelay, 0, 1000),
            RequestTimeout = Milliseconds(settings, "Serving:RequestTimeoutMs", options.RequestTimeout, 1, LongestTimeoutMs),
            Adapters = new AdapterLimits
            {
                MaxDeviceBytes = Number(settings, "Adapters:MaxDeviceBytes", adapters.MaxDeviceBytes, 0, long.MaxValue),
                MaxHostBytes = Number(settings, "Adapters:MaxHostBytes", adapters.MaxHostBytes, 0, long.MaxValue),
                MaxRank = (int)Number(settings, "Adapters:MaxRank", adapters.MaxRank, 1, 1024),
                MaxAdapters = (int)Number(settings, "Adapters:MaxAdapters", adapters.MaxAdapters, 1, 1 << 20),
            },
            Sessions = new SessionLimits
            {
                MaxSessions = (int)Number(settings, "Sessions:MaxSessions", options.Sessions.MaxSessions, 1, 1 << 20),
                IdleTime = Milliseconds(settings, "Sessions:IdleMs", options.Sessions.IdleTime, 1, LongestIdleMs),
            },
        };
    }

    /// <returns>How long a caller is kept waiting before he is told where the answer will be.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/> naming the setting and its range.</exception>
    public static TimeSpan Patience(IConfiguration? settings) => settings is null
        ? PredictionPace.DefaultPatience
        : Milliseconds(settings, "Serving:PatienceMs", PredictionPace.DefaultPatience, 0, LongestTimeoutMs);

    private static TimeSpan Milliseconds(IConfiguration settings, string name, TimeSpan standard, long minimum, long maximum) =>
        TimeSpan.FromMilliseconds(Number(settings, name, (long)standard.TotalMilliseconds, minimum, maximum));

    private static long Number(IConfiguration settings, string name, long standard, long minimum, long maximum) => settings[name] switch
    {
        null => standard,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum => value,
        var text => throw new TelecomException(
            ErrorCode.InvalidInput,
            string.Create(CultureInfo.InvariantCulture, $"Setting {name}={text} is not valid: it must be an integer from {minimum} to {maximum}.")),
    };
}
