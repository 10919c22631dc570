using Microsoft.OpenApi;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Idempotency;
using Telecom.Host.Rest.OpenApi;
using Telecom.Host.Rest.Operations;

namespace Telecom.Host.Rest;

/// <summary>What all endpoints describe alike.</summary>
internal static class EndpointDescriptions
{
    /// <summary>The endpoint may refuse with a problem document of this status.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.Produces<ProblemDocument>(status, "application/problem+json");

    /// <summary>The endpoint answers with pages of a list, and takes <c>limit</c> and <c>cursor</c>.</summary>
    public static RouteHandlerBuilder ListsPages<T>(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<PageDocument<T>>().Refuses(StatusCodes.Status400BadRequest)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.Limit(), Parameters.Cursor()];
            AddHeader(operation, "200", "Link", "The next page, rel=next; absent on the last.");
            return Task.CompletedTask;
        });

    /// <summary>The answer has a tag, and a reader who has it already gets 304.</summary>
    public static RouteHandlerBuilder IsTagged(this RouteHandlerBuilder endpoint) => endpoint
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.IfNoneMatch()];
            operation.Responses ??= [];
            AddHeader(operation, "200", "ETag", "Tag of this state of the answer.");
            operation.Responses["304"] = new OpenApiResponse { Description = "The reader has it already." };
            return Task.CompletedTask;
        });

    /// <summary>The endpoint creates something, and once only where the request carries an <c>Idempotency-Key</c>.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="maxBodyBytes">Bytes that a body may have before the connection is cut.</param>
    public static RouteHandlerBuilder IsIdempotent(this RouteHandlerBuilder endpoint, long maxBodyBytes = JsonBody.DroppedBytes) => endpoint
        .WithMetadata(new IdempotentPost(maxBodyBytes))
        .Refuses(StatusCodes.Status409Conflict).Refuses(StatusCodes.Status422UnprocessableEntity)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.IdempotencyKey()];
            return Task.CompletedTask;
        });

    /// <summary>The endpoint changes a resource only while it has the tag that <c>If-Match</c> names.</summary>
    public static RouteHandlerBuilder TakesIfMatch(this RouteHandlerBuilder endpoint) => endpoint
        .Refuses(StatusCodes.Status412PreconditionFailed)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.IfMatch()];
            return Task.CompletedTask;
        });

    /// <summary>The endpoint answers 202 with an operation.</summary>
    public static RouteHandlerBuilder StartsOperation(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<OperationDocument>(StatusCodes.Status202Accepted)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            AddHeader(operation, "202", "Location", "Address of the operation.");
            AddHeader(operation, "202", "Retry-After", "Seconds after which to look.");
            return Task.CompletedTask;
        });

    private static void AddHeader(OpenApiOperation operation, string status, string name, string description)
    {
        if (operation.Responses?.GetValueOrDefault(status) is OpenApiResponse response)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[name] = new OpenApiHeader { Description = description, Schema = Schemas.Text() };
        }
    }
}
