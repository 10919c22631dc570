using System.Globalization;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Sessions;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Sessions;

namespace Telecom.Runtime.Tasks;

/// <content>Requests that build on earlier ones.</content>
internal sealed partial class TaskServer<TIn, TOut>
{
    private const int MostStateBytes = 1 << 20;

    private ISessionMemory<TIn, TOut> Memory => task.SessionMemory
        ?? throw new InvalidInputException("/session", $"Task '{task.Id}' has no sessions: every request of it stands alone.");

    private async Task<PredictionAnswer> PredictInSessionAsync(
        PredictionOptions options, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken)
    {
        _ = Memory;
        var session = services.Sessions.Enter(task.Id, options.Session!);
        await session.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await MeasureAsync(measure => PredictAsync(options, requestJson, session, measure, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    private TIn Resume(Session? session, TIn request)
    {
        if (session is null)
        {
            return request;
        }

        using var beat = PluginPulse.Enter(services.Pulse);
        return MethodFault.Guard(task.Id, () => Memory.Resume(request, session.State));
    }

    private void Remember(Session? session, TIn request, TOut answer)
    {
        if (session is null)
        {
            return;
        }

        using var beat = PluginPulse.Enter(services.Pulse);
        var state = MethodFault.Guard(task.Id, () => Memory.Remember(request, answer));
        session.State = state.Length <= MostStateBytes
            ? state
            : throw new TelecomException(
                ErrorCode.PluginFault,
                string.Create(CultureInfo.InvariantCulture, $"Task '{task.Id}' wants to remember {state.Length} bytes of a session; {MostStateBytes} are allowed."));
    }
}
