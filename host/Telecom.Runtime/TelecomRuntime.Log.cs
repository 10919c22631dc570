using Microsoft.Extensions.Logging;

namespace Telecom.Runtime;

public sealed partial class TelecomRuntime
{
    [LoggerMessage(EventIds.WarmUpFailed, LogLevel.Warning, "Task {Task} could not answer its own example: {Reason}")]
    private static partial void LogWarmUpFailed(ILogger logger, string task, string reason);

    [LoggerMessage(EventIds.AdapterLeftOut, LogLevel.Warning, "Adapter {Name} of the store is not served: its name is taken, or there are too many.")]
    private static partial void LogAdapterLeftOut(ILogger logger, string name);
}
