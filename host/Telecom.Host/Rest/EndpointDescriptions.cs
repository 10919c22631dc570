using Microsoft.OpenApi;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Idempotency;
using Telecom.Host.Rest.OpenApi;

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
            return Task.CompletedTask;
        });

    /// <summary>The answer has a tag, and a reader who has it already gets 304.</summary>
    public static RouteHandlerBuilder IsTagged(this RouteHandlerBuilder endpoint) => endpoint
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], Parameters.IfNoneMatch()];
            operation.Responses ??= [];
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
}
