using Telecom.Host.Access;
using Telecom.Host.Predictions;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Idempotency;
using Telecom.Host.Rest.Operations;
using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Makes predictions and shows stored ones.</summary>
internal static class PredictionEndpoints
{
    /// <summary>Maps the addresses; their description is made from the loaded tasks in <c>OpenApi/</c>.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/tasks/{task}/predictions", (RequestDelegate)PredictAsync)
            .Needs(Scopes.Predict).WithMetadata(new IdempotentPost(JsonBody.DroppedBytes));
        api.MapGet("/predictions", (RequestDelegate)ListAsync);
        api.MapGet("/predictions/{id}", (RequestDelegate)GetAsync);
    }

    private static async Task PredictAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var task = services.GetRequiredService<ITelecomRuntime>().Task((string)context.Request.RouteValues["task"]!);
        using var place = services.GetRequiredService<TaskPlaces>().Enter(task.Id);
        var options = PredictionQueryString.ReadOptions(context.Request.Query, task) with { Client = Caller.Of(context).Client };
        var body = await JsonBody.ReadAsync(context.Request);
        var requests = RequestDocuments.Split(body);
        if (options.Session is not null && requests.IsArray)
        {
            throw new InvalidInputException(string.Empty, "Requests of a session build on each other: send one, wait for its answer, then send the next.");
        }

        RowCharges.Charge(context, requests.Items.Count);
        var work = services.GetRequiredService<PredictionWork>();
        var preferences = Preferences.Read(context.Request);
        if (!preferences.IsAsync && !work.IsTooLong(task, options, requests, preferences.Wait))
        {
            var answers = await work.RunAsync(task, options, requests, null, context.RequestAborted);
            await JsonBody.WriteAsync(context.Response, writer => PredictionJson.Write(writer, answers, requests.IsArray));
            return;
        }

        var operation = services.GetRequiredService<OperationService>().Start(OperationKind.Prediction, CallerId.Of(context), body.Length, async operation =>
        {
            var answers = await work.RunAsync(task, options, requests, operation, operation.Cancellation);
            return JsonBody.Write(writer => PredictionJson.Write(writer, answers, requests.IsArray));
        });
        if (preferences.IsAsync)
        {
            context.Response.Headers["Preference-Applied"] = Preferences.RespondAsync;
        }

        await OperationEndpoints.Accepted(context, operation).ExecuteAsync(context);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var store = context.RequestServices.GetRequiredService<TelecomStore>();
        var recorder = context.RequestServices.GetRequiredService<PredictionRecorder>();
        var query = PredictionQueryString.Read(context.Request.Query);

        // A caller who got his answer finds it in the list, although it is written behind his back.
        await recorder.FlushAsync(context.RequestAborted);
        var page = await store.QueryAsync(query, context.RequestAborted);
        if (page.NextCursor is { } cursor)
        {
            context.Response.Headers.Link = $"<{context.Request.Path}{QueryParameters.WithCursor(context.Request.Query, cursor)}>; rel=\"next\"";
        }

        await JsonBody.WriteAsync(context.Response, writer => PredictionJson.Write(writer, page));
    }

    private static async Task GetAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        await context.RequestServices.GetRequiredService<PredictionRecorder>().FlushAsync(context.RequestAborted);
        var store = context.RequestServices.GetRequiredService<TelecomStore>();
        var stored = (Guid.TryParse(id, out var guid) ? await store.FindAsync(guid, context.RequestAborted) : null)
            ?? throw new TelecomException(ErrorCode.NotFound, $"There is no stored prediction '{id}'.");

        // What is stored never changes: its id says as much about its bytes as a digest would.
        var tag = $"\"{stored.Id:D}\"";
        context.Response.Headers.ETag = tag;
        if (EntityTag.IsKnown(context.Request, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await JsonBody.WriteAsync(context.Response, writer => PredictionJson.Write(writer, stored));
    }
}
