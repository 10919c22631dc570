using System.Diagnostics;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Serving;

/// <summary>Measures one request from its arrival on, and traces it.</summary>
internal sealed class RequestMeasure : IDisposable
{
    private readonly ModelStatistics model;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly long arrived;
    private readonly Activity? activity;
    private TimeSpan input;
    private TimeSpan queue;
    private TimeSpan infer;
    private long answered;

    public RequestMeasure(ModelStatistics model, TimeProvider time)
    {
        this.model = model;
        this.time = time;
        arrived = time.GetTimestamp();
        activity = ServingTraces.StartRequest(model);
    }

    /// <summary>The request is read and checked.</summary>
    public void EndInput() => input = time.GetElapsedTime(arrived);

    /// <returns>The clock of a part that is about to queue.</returns>
    public RequestClock Enqueue() => new(model, time, activity?.Context ?? Activity.Current?.Context ?? default);

    /// <summary>A part has its answers. Parts run side by side: the longest counts.</summary>
    public void EndPart(RequestClock clock)
    {
        lock (gate)
        {
            queue = Longer(queue, clock.Queue);
            infer = Longer(infer, clock.Infer);
        }
    }

    /// <summary>Every answer is here; what remains is to write them.</summary>
    public void BeginOutput() => answered = time.GetTimestamp();

    /// <summary>The answer is written.</summary>
    public void Succeed() =>
        model.CountSuccess(new RequestTimes(time.GetElapsedTime(arrived), queue, input, infer, time.GetElapsedTime(answered)), time.GetUtcNow());

    /// <summary>There will be no answer.</summary>
    public void Fail(Exception exception)
    {
        var reason = ReasonOf(exception);
        model.CountFailure(time.GetElapsedTime(arrived), reason);
        activity?.SetStatus(ActivityStatusCode.Error, reason);
    }

    public void Dispose() => activity?.Dispose();

    private static string ReasonOf(Exception exception) => exception switch
    {
        OperationCanceledException => "canceled",
        TelecomException { Code: ErrorCode.QueueFull or ErrorCode.RateLimited or ErrorCode.DeadlineExceeded or ErrorCode.PluginUnavailable } => "rejected",
        TelecomException
        {
            Code: ErrorCode.InvalidInput or ErrorCode.Unprocessable or ErrorCode.NotFound or ErrorCode.SequenceTooLong or ErrorCode.AdapterNotFound
        } => "other",
        _ => "backend",
    };

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
