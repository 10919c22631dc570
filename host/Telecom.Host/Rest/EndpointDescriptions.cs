namespace Telecom.Host.Rest;

/// <summary>What all endpoints describe alike.</summary>
internal static class EndpointDescriptions
{
    /// <summary>The endpoint may refuse with a problem document of this status.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.Produces<ProblemDocument>(status, "application/problem+json");
}
