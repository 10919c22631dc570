using Telecom.Host.Access;
using Telecom.Runtime;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>The Open Inference Protocol, version 2, below <c>/v2</c>: every task is a model.</summary>
internal static class OpenInferenceEndpoints
{
    public const string Root = "/v2";

    /// <summary>Answers failures below <see cref="Root"/> in the form of the protocol.</summary>
    public static void UseErrors(IApplicationBuilder application) => application.UseWhen(
        Owns, branch => branch.UseMiddleware<OpenInferenceErrors>());

    /// <returns>Whether a request is one of the protocol.</returns>
    public static bool Owns(HttpContext context) => context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var protocol = routes.MapGroup(Root).Needs(Scopes.Read);

        // Taken once: a scope of services for every request would cost more than reading it.
        var inference = new InferenceEndpoint(
            routes.ServiceProvider.GetRequiredService<ITelecomRuntime>(), routes.ServiceProvider.GetRequiredService<TaskPlaces>());
        protocol.MapGet(string.Empty, (RequestDelegate)ServerEndpoints.DescribeAsync);
        protocol.MapGet("/health/live", (RequestDelegate)ServerEndpoints.LiveAsync).IsOpen();
        protocol.MapGet("/health/ready", (RequestDelegate)ServerEndpoints.ReadyAsync).IsOpen();
        protocol.MapPost("/repository/index", (RequestDelegate)RepositoryEndpoints.IndexAsync);
        protocol.MapPost("/repository/models/{model}/load", (RequestDelegate)RepositoryEndpoints.LoadAsync).Needs(Scopes.ModelsWrite);
        protocol.MapPost("/repository/models/{model}/unload", (RequestDelegate)RepositoryEndpoints.UnloadAsync).Needs(Scopes.ModelsWrite);
        protocol.MapGet("/models/stats", (RequestDelegate)StatisticsEndpoints.AllAsync);
        foreach (var path in (string[])["/models/{model}", "/models/{model}/versions/{version}"])
        {
            protocol.MapGet(path, (RequestDelegate)ModelEndpoints.DescribeAsync);
            protocol.MapGet(path + "/ready", (RequestDelegate)ModelEndpoints.ReadyAsync);
            protocol.MapGet(path + "/stats", (RequestDelegate)StatisticsEndpoints.OneAsync);

            // The metrics of the models count these requests already, by finer steps.
            protocol.MapPost(path + "/infer", (RequestDelegate)inference.InferAsync).Needs(Scopes.Predict).DisableHttpMetrics();
        }
    }
}
