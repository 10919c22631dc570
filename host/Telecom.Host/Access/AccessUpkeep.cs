using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Reads keys and counts before the first request, and again in the background; writes there what was used.</summary>
internal sealed partial class AccessUpkeep(KeyRing keys, CallerLedger ledger, TimeProvider time, ILogger<AccessUpkeep> logger) : BackgroundService
{
    /// <summary>A key that another process took back counts at most this long.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Ticks from the start on: the work itself begins whenever a thread is free.
    private readonly PeriodicTimer timer = new(Period, time);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ledger.LoadAsync(cancellationToken);
        await keys.LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(ledger.SaveAsync);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        timer.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryAsync(ledger.SaveAsync);
            await TryAsync(keys.LoadAsync);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(CancellationToken.None);
        }
        catch (TelecomException exception)
        {
            LogLater(exception);
        }
    }

    [LoggerMessage(4042, LogLevel.Warning, "Keys and their use could not be read or written; trying again.")]
    private partial void LogLater(Exception exception);
}
