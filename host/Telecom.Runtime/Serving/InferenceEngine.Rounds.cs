using System.Globalization;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <content>What happens on the executor thread.</content>
internal sealed partial class InferenceEngine
{
    private void Round()
    {
        lock (gate)
        {
            isRoundPosted = false;
            active.ForEach(batch => Charge(batch, 0, batch.TokenCount));
        }

        using (torch.NewDisposeScope())
        using (torch.no_grad())
        {
            Admit();
            isForwarding = true;
            ForwardRound.Run(active);
            isForwarding = false;
            var done = active.FindAll(batch => batch.Tokens is null);
            active.RemoveAll(batch => batch.Tokens is null);
            done.ForEach(Settle);
        }

        try
        {
            Schedule(isRunning: active.Count > 0);
        }
        catch (TelecomException exception)
        {
            // The executor ends, which its owner lets happen only when nobody waits for answers any more.
            active.ForEach(batch => batch.Fail(exception));
            active.ForEach(End);
            active.Clear();
            FailWaiting(exception);
        }
    }

    private void Admit()
    {
        var (runningRows, runningTokens) = (active.Sum(batch => batch.Rows), active.Sum(batch => batch.TokenCount));
        while (runningRows < BatchesInFlight * limits.MaxRows
            && runningTokens < (long)BatchesInFlight * limits.MaxTokens
            && Take() is { Count: > 0 } requests)
        {
            var batch = requests[0].Lane.Form(requests);
            runningRows += batch.Rows;
            batch.Begin();
            runningTokens += batch.TokenCount;
            lock (gate)
            {
                Charge(batch, batch.Tokens is null ? batch.Rows : batch.TokenCount, 0);
            }

            Keep(batch);
        }
    }

    private IReadOnlyList<QueuedRequest> Take()
    {
        IReadOnlyList<QueuedRequest> expired, chosen;
        lock (gate)
        {
            expired = scheduler.TakeExpired();
            chosen = scheduler.Take();
        }

        foreach (var request in chosen)
        {
            request.Clock?.Start();
            taken.Add(request);
        }

        foreach (var request in expired)
        {
            request.Fail(new TelecomException(
                ErrorCode.DeadlineExceeded,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The request waited longer than {request.Deadline.Timeout.TotalMilliseconds:0} ms: try again, or give it more time.")));
            request.Release();
        }

        return chosen;
    }

    private void Keep(RunningBatch batch)
    {
        if (batch.Tokens is null)
        {
            Settle(batch);
        }
        else
        {
            active.Add(batch);
        }
    }

    private void Settle(RunningBatch batch)
    {
        if (batch.Split() is not { Count: > 0 } parts)
        {
            End(batch);
            return;
        }

        batch.Dispose();
        foreach (var part in parts)
        {
            part.Begin();
            Keep(part);
        }
    }

    private void End(RunningBatch batch)
    {
        if (batch.Failure is null)
        {
            Interlocked.Add(ref rows, batch.Rows);
            Interlocked.Increment(ref batches);
        }

        Measure(batch);
        batch.Report();
        batch.Dispose();
        foreach (var request in batch.Requests)
        {
            taken.Remove(request);
            request.Release();
        }
    }

    private static void Measure(RunningBatch batch)
    {
        foreach (var request in batch.Requests)
        {
            request.Clock?.End();
        }

        if (batch is { Failure: null, Requests: [{ Clock: { } clock }, ..] })
        {
            clock.Model.CountBatch(batch.Rows, clock.Infer);
        }

        ServingTraces.RecordBatch(batch);
    }

    // Rows of one batch have equal lengths, so that its tokens are everybody's by their rows.
    private void Charge(RunningBatch batch, long inputTokens, long outputTokens)
    {
        foreach (var request in batch.Requests)
        {
            scheduler.Shares.Charge(request.Client, inputTokens * request.Rows / batch.Rows, outputTokens * request.Rows / batch.Rows);
        }
    }
}
