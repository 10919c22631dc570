using System.Diagnostics;

namespace Telecom.Runtime.Serving;

/// <summary>Spans of requests, and of batches with links to the requests that they serve.</summary>
public static class ServingTraces
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Telecom.Serving";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? StartRequest(ModelStatistics model)
    {
        var activity = Source.StartActivity("telecom.predict");
        return activity?.SetTag("telecom.model", model.Name).SetTag("telecom.version", model.Version);
    }

    /// <summary>Records a batch that just ended. Batches interleave on their thread, so that none of them is ever the current span.</summary>
    internal static void RecordBatch(RunningBatch batch)
    {
        if (!Source.HasListeners() || batch.Requests is not [{ Clock: { } clock }, ..])
        {
            return;
        }

        var links = batch.Requests.Where(request => request.Clock is not null).Select(request => new ActivityLink(request.Clock!.Trace));
        var tags = new ActivityTagsCollection
        {
            ["telecom.model"] = clock.Model.Name,
            ["telecom.rows"] = batch.Rows,
            ["telecom.lane"] = batch.Requests[0].Lane.Name,
        };
        using var activity = Source.StartActivity("telecom.batch", ActivityKind.Internal, default(ActivityContext), tags, links);
        if (activity is not null)
        {
            activity.SetStartTime(activity.StartTimeUtc - clock.Infer);
            activity.SetStatus(batch.Failure is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        }
    }
}
