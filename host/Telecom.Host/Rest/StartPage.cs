using System.Net;
using System.Text;
using Telecom.Host.Access;
using Telecom.Runtime;

namespace Telecom.Host.Rest;

/// <summary>The page at <c>/</c>: what is loaded and where the interface is described.</summary>
internal static class StartPage
{
    private static readonly (string Address, string Text)[] Links =
    [
        ("/docs/", "The interface, to read and to try"),
        ("/openapi/v1.json", "Description of the interface (OpenAPI)"),
        ("/openapi/oip.json", "Description of the Open Inference Protocol (OpenAPI)"),
        ("/api/v1/operations", "Long work"),
        ("/api/v1/predictions", "Stored predictions"),
        ("/api/v1/plugins", "Plugins"),
        ("/api/v1/datasets", "Datasets"),
        ("/api/v1/models", "Models"),
        ("/api/v1/models/adapters", "Adapters"),
        ("/health/ready", "Readiness"),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (ITelecomRuntime runtime) => TypedResults.Content(Render(runtime), "text/html", Encoding.UTF8))
            .Needs(Scopes.Read).ExcludeFromDescription();

    private static string Render(ITelecomRuntime runtime)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Telecom</title></head>\n");
        page.Append("<body>\n<h1>Telecom</h1>\n");
        page.Append("<p>Tasks:</p>\n<ul>\n");
        foreach (var task in runtime.Tasks)
        {
            Append(page, $"/api/v1/tasks/{Uri.EscapeDataString(task.Id)}", task.Title);
        }

        page.Append("</ul>\n<p>Interface:</p>\n<ul>\n");
        foreach (var (address, text) in Links)
        {
            Append(page, address, text);
        }

        return page.Append("</ul>\n</body></html>\n").ToString();
    }

    private static void Append(StringBuilder page, string address, string text) =>
        page.Append("<li><a href=\"").Append(address).Append("\">").Append(WebUtility.HtmlEncode(text)).Append("</a></li>\n");
}
