using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Telecom.Host.Documents;
using Telecom.Host.Rest;
using Telecom.Host.Rest.Lists;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>What the caller has left, and who changed what.</summary>
internal static class CallerEndpoints
{
    private const string Tag = "access";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/quotas/me", (HttpContext context) => TypedResults.Json(QuotaDocument.Of(Caller.Of(context)), ReadableJson.Access.QuotaDocument))
            .NeedsCaller()
            .WithName("getMyQuota").WithTags(Tag).WithSummary("Who the caller is to this host, what he may do, and how much of it is left.")
            .Produces<QuotaDocument>();

        api.MapGet("/audit", ListAsync)
            .Needs(Scopes.Admin)
            .WithName("listAudit").WithTags(Tag).WithSummary("Administrative requests, newest first: who, what, when, and how it ended.")
            .ListsPages<AuditDocument>();
    }

    private static async Task<JsonHttpResult<PageDocument<AuditDocument>>> ListAsync(
        HttpContext context, [FromServices] TelecomStore store, CancellationToken cancellationToken)
    {
        var request = PageRequest.Read(context.Request);
        var before = request.After is { } after ? long.Parse(after, NumberStyles.None, CultureInfo.InvariantCulture) : (long?)null;
        var page = await store.Access.ListAuditAsync(request.Limit, before, cancellationToken);
        string? next = null;
        if (page.Next is { } sequence)
        {
            next = ListCursor.Write(PageRequest.ListOf(context.Request), sequence.ToString(CultureInfo.InvariantCulture));
            context.Response.Headers.Link = $"<{context.Request.Path}{QueryParameters.WithCursor(context.Request.Query, next)}>; rel=\"next\"";
        }

        return TypedResults.Json(new PageDocument<AuditDocument>([.. page.Items.Select(AuditDocument.Of)], next), ReadableJson.Access.PageDocumentAuditDocument);
    }
}
