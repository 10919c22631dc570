using System.Net;
using System.Text;
using Telecom.Runtime;

namespace Telecom.Host.Rest;

/// <summary>The page at <c>/</c>: what is loaded and where the interface is described.</summary>
internal static class StartPage
{
    private static readonly (string Address, string Text)[] Links =
    [
        ("/openapi/v1.json", "Description of the interface (OpenAPI)"),
        ("/api/v1/predictions", "Stored predictions"),
        ("/api/v1/plugins", "Plugins"),
        ("/api/v1/datasets", "Datasets"),
        ("/api/v1/models", "Models"),
        ("/health/ready", "Readiness"),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (ITelecomRuntime runtime) => TypedResults.Content(Render(runtime), "text/html; charset=utf-8", Encoding.UTF8)).ExcludeFromDescription();

    private static string Render(ITelecomRuntime runtime)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Telecom</title></head><body>\n<h1>Telecom</h1>\n");
        page.Append("<p>Tasks:</p>\n<ul>\n");
        foreach (var task in runtime.Tasks)
        {
            page.Append("<li><a href=\"/api/v1/tasks/").Append(Uri.EscapeDataString(task.Id)).Append("\">").Append(WebUtility.HtmlEncode(task.Title)).Append("</a></li>\n");
        }

        page.Append("</ul>\n<p>Interface:</p>\n<ul>\n");
        foreach (var (address, text) in Links)
        {
            page.Append("<li><a href=\"").Append(address).Append("\">").Append(text).Append("</a></li>\n");
        }

        return page.Append("</ul>\n</body></html>\n").ToString();
    }
}
