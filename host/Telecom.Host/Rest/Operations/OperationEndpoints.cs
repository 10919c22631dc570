using System.Globalization;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Lists;
using Telecom.Host.Rest.OpenApi;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.Operations;

/// <summary>Shows, follows and cancels long work.</summary>
internal static class OperationEndpoints
{
    public const string Path = "/operations";

    private const string Tag = "operations";
    private const string LastEventId = "Last-Event-ID";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(Path, (HttpContext context, OperationService operations) => Tagged.Json(
                Pages.Cut(
                    context,
                    operations.Of(CallerId.Of(context)),
                    operation => operation.Id.ToString("D"),
                    operation => operation.Describe(withResult: false),
                    isDescending: true),
                ReadableJson.Rest.PageDocumentOperationDocument))
            .WithName("listOperations").WithTags(Tag).WithSummary("The caller's long work of the last hour without its results, newest first.")
            .ListsPages<OperationDocument>().IsTagged();

        api.MapGet($"{Path}/{{id}}", (string id, HttpContext context, OperationService operations) =>
                Answer(operations.Find(CallerId.Of(context), id)))
            .WithName("getOperation").WithTags(Tag).WithSummary("One piece of long work: how far it is, and its result or error.")
            .Produces<OperationDocument>().IsTagged().Refuses(StatusCodes.Status404NotFound);

        api.MapDelete($"{Path}/{{id}}", (string id, HttpContext context, OperationService operations) =>
            {
                var operation = operations.Find(CallerId.Of(context), id);
                operation.Cancel();
                return Answer(operation, operation.IsActive ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
            })
            .WithName("cancelOperation").WithTags(Tag).WithSummary("Cancels what waits or runs; 202 while it still does. What has ended stays as it is.")
            .Produces<OperationDocument>().Produces<OperationDocument>(StatusCodes.Status202Accepted).Refuses(StatusCodes.Status404NotFound);

        api.MapGet($"{Path}/{{id}}/events", FollowAsync)
            .WithName("followOperation").WithTags(Tag)
            .WithSummary("Server-sent events progress, log, and at the end result or error; Last-Event-ID continues after an event.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status400BadRequest).Refuses(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters = [.. operation.Parameters ?? [], Parameters.Header(LastEventId, "Id of the last event that the reader has.")];
                return Task.CompletedTask;
            });
    }

    /// <summary>Answers 202 and says where the work can be followed.</summary>
    public static TaggedJson<OperationDocument> Accepted(HttpContext context, Operation operation)
    {
        context.Response.Headers.Location = $"/api/v1{Path}/{operation.Id:D}";
        context.Response.Headers.RetryAfter = "1";
        return Answer(operation, StatusCodes.Status202Accepted);
    }

    private static TaggedJson<OperationDocument> Answer(Operation operation, int status = StatusCodes.Status200OK) =>
        Tagged.Json(operation.Describe(withResult: true), ReadableJson.Rest.OperationDocument, status);

    private static async Task<IResult> FollowAsync(
        string id, HttpContext context, OperationService operations, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        var operation = operations.Find(CallerId.Of(context), id);
        var events = operation.Events;
        var after = ReadLastEventId(context.Request);

        // A browser connects again when a stream ends; no content is what tells it to stop.
        if (!operation.IsActive && after >= events.LastId)
        {
            return TypedResults.NoContent();
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await OperationStream.WriteAsync(context.Response, events, after, time, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The reader left or the host stops: he continues with Last-Event-ID.
        }

        return TypedResults.Empty;
    }

    private static long ReadLastEventId(HttpRequest request) => request.Headers[LastEventId].ToString() switch
    {
        "" => 0,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) => id,
        var text => throw new InvalidInputException($"/{LastEventId}", $"must be the id of an event, but is '{text}'."),
    };
}
