using Scalar.AspNetCore;
using Telecom.Host.Access;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>The page at <c>/docs</c>: the interfaces to read and to try, with everything it needs from this host.</summary>
internal static class ReferencePage
{
    // The page starts its script in itself and styles its elements; whatever else it would like to fetch from elsewhere, it may not.
    private const string ContentPolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup(string.Empty).Needs(Scopes.Read);
        page.AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers.ContentSecurityPolicy = ContentPolicy;
            return next(context);
        });
        page.MapScalarApiReference("/docs", options =>
        {
            options.Title = "Telecom";
            options.OpenApiRoutePattern = "/openapi/{documentName}.json";
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.HideClientButton = true;
            options.Agent = new() { Disabled = true };
            options.Mcp = new() { Disabled = true };
            options.AddDocument("v1", "Native interface").AddDocument("oip", "Open Inference Protocol");
        });
    }
}
