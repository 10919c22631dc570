using Telecom.Host.Access;
using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Whether the process answers, and whether it can work.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Json(new LiveDocument(true), ReadableJson.Rest.LiveDocument))
            .IsOpen().WithName("live").WithTags("health").WithSummary("The process answers.").Produces<LiveDocument>();

        routes.MapGet("/health/ready", ReadyAsync)
            .IsOpen().WithName("ready").WithTags("health").WithSummary("Native library, base, plugins and store are in order; 503 with the reasons otherwise.")
            .Produces<ReadyDocument>().Produces<ReadyDocument>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> ReadyAsync(
        ITelecomRuntime runtime, TelecomStore store, PredictionRecorder recorder, CancellationToken cancellationToken)
    {
        var status = runtime.Status;
        var storeFailure = recorder.Failure ?? await FailureAsync(store, cancellationToken);
        var isReady = status.IsReady && storeFailure is null;
        List<string> reasons = storeFailure is null ? [.. status.Reasons] : [.. status.Reasons, storeFailure];
        return TypedResults.Json(
            new ReadyDocument(isReady, status.Device, status.BaseName, reasons),
            ReadableJson.Rest.ReadyDocument,
            statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<string?> FailureAsync(TelecomStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.PingAsync(cancellationToken);
            return null;
        }
        catch (TelecomException exception)
        {
            return exception.Message;
        }
    }
}
