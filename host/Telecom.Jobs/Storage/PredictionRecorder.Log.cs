using Microsoft.Extensions.Logging;

namespace Telecom.Jobs.Storage;

public sealed partial class PredictionRecorder
{
    [LoggerMessage(3001, LogLevel.Error, "{Rows} predictions could not be stored, next try in {PauseMs} ms.")]
    private partial void LogRetry(int rows, double pauseMs, Exception exception);

    [LoggerMessage(3002, LogLevel.Critical, "{Rows} predictions are lost: the store still failed when the host stopped.")]
    private partial void LogLost(int rows);

    [LoggerMessage(3003, LogLevel.Error, "Prediction {Id} was not stored: it breaks a constraint of the store.")]
    private partial void LogRefused(Guid id, Exception exception);
}
