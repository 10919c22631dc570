using Microsoft.Extensions.Logging;

namespace Telecom.Runtime;

public sealed partial class TelecomRuntime
{
    [LoggerMessage(EventIds.WarmUpFailed, LogLevel.Warning, "Task {Task} could not answer its own example: {Reason}")]
    private static partial void LogWarmUpFailed(ILogger logger, string task, string reason);
}
