using Microsoft.Extensions.Logging;

namespace Telecom.Runtime;

public sealed partial class TelecomRuntime
{
    [LoggerMessage(EventIds.WarmUpFailed, LogLevel.Warning, "{Failure}")]
    private static partial void LogWarmUpFailed(ILogger logger, string failure);

    [LoggerMessage(EventIds.AdapterLeftOut, LogLevel.Warning, "Adapter {Name} of the store is not served: its name is taken, or there are too many.")]
    private static partial void LogAdapterLeftOut(ILogger logger, string name);
}
