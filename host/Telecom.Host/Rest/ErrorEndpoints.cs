using Telecom.Host.Access;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Explains the <c>type</c> of problem documents.</summary>
internal static class ErrorEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/errors/{code}", (string code) => TypedResults.Json(
                ProblemKinds.All.FirstOrDefault(kind => kind.Code == code)
                    ?? throw new TelecomException(
                        ErrorCode.NotFound,
                        $"There is no error code '{code}'. Codes: {string.Join(", ", ProblemKinds.All.Select(kind => kind.Code))}."),
                ReadableJson.Rest.ProblemKind))
            .Needs(Scopes.Read).WithName("getErrorCode").WithTags("errors").WithSummary("One error code with its HTTP status and meaning.")
            .Produces<ProblemKind>().Refuses(StatusCodes.Status404NotFound);
}
