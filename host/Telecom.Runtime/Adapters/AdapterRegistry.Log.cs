using Microsoft.Extensions.Logging;

namespace Telecom.Runtime.Adapters;

/// <content>Log messages.</content>
internal sealed partial class AdapterRegistry
{
    private void LogState(string adapter, AdapterState state, string? reason)
    {
        if (state == AdapterState.Faulted)
        {
            LogFaulted(adapter, reason);
        }
        else
        {
            LogMoved(adapter, state);
        }
    }

    [LoggerMessage(EventIds.AdapterMoved, LogLevel.Debug, "Adapter {Adapter} is {State}.")]
    private partial void LogMoved(string adapter, AdapterState state);

    [LoggerMessage(EventIds.AdapterFaulted, LogLevel.Warning, "Adapter {Adapter} is faulted: {Reason}")]
    private partial void LogFaulted(string adapter, string? reason);
}
