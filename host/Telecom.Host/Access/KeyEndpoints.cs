using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Telecom.Host.Documents;
using Telecom.Host.Rest;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Lists;
using Telecom.Host.Rest.OpenApi;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Host.Access;

/// <summary>Makes, shows and takes back keys.</summary>
internal static class KeyEndpoints
{
    private const string Tag = "access";
    private const string Path = "/apikeys";

    public static void Map(IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup(Path).Needs(Scopes.Admin);
        keys.MapGet(string.Empty, List)
            .WithName("listKeys").WithTags(Tag).WithSummary("All keys, also expired and revoked ones, oldest first; prefix finds the one that a configuration has.")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters = [Parameters.Query("prefix", "Only keys that begin so: telecom_ID, or some of it.", Schemas.Text())];
                return Task.CompletedTask;
            })
            .ListsPages<KeyDocument>().IsTagged();

        keys.MapPost(string.Empty, CreateAsync)
            .WithName("createKey").WithTags(Tag).WithSummary("Makes a key. The answer is the only one that shows it.")
            .Accepts<NewKeyDocument>("application/json").Produces<CreatedKeyDocument>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest).Refuses(StatusCodes.Status415UnsupportedMediaType).IsIdempotent();

        keys.MapGet("/{id}", (string id, [FromServices] KeyRing ring, [FromServices] TimeProvider time) =>
                TypedResults.Json(Describe(ring.Get(id) ?? throw NoSuchKey(id), time), ReadableJson.Access.KeyDocument))
            .WithName("getKey").WithTags(Tag).WithSummary("One key: its name, scopes, end and latest use.")
            .Produces<KeyDocument>().Refuses(StatusCodes.Status404NotFound);

        keys.MapDelete("/{id}", async (string id, [FromServices] KeyRing ring, CancellationToken cancellationToken) =>
                await ring.RevokeAsync(id, cancellationToken) ? TypedResults.NoContent() : throw NoSuchKey(id))
            .WithName("revokeKey").WithTags(Tag).WithSummary("Takes a key back at once; requests that run finish. The key stays in the list.")
            .Produces(StatusCodes.Status204NoContent).Refuses(StatusCodes.Status404NotFound);
    }

    private static TaggedJson<PageDocument<KeyDocument>> List(HttpContext context, [FromServices] KeyRing ring, [FromServices] TimeProvider time)
    {
        var prefix = context.Request.Query["prefix"].ToString();

        // Addresses are written into the logs of proxies: nobody shall make a habit of it.
        if (prefix.Length > KeyText.LongestPrefix)
        {
            throw new InvalidInputException("/prefix", "must be the beginning of a key without its secret, telecom_ID: a whole key does not belong into an address.");
        }

        var keys = ring.All.Where(key =>
            KeyText.Prefix(key.Stored.Id).StartsWith(prefix, StringComparison.Ordinal) || key.Stored.Id.StartsWith(prefix, StringComparison.Ordinal));
        return Tagged.Json(Pages.Cut(context, keys, KeyOf, key => Describe(key, time)), ReadableJson.Access.PageDocumentKeyDocument);
    }

    private static string KeyOf(KeyEntry key) => string.Create(CultureInfo.InvariantCulture, $"{key.Stored.CreatedAt.UtcTicks:D19} {key.Stored.Id}");

    private static async Task<JsonHttpResult<CreatedKeyDocument>> CreateAsync(
        HttpContext context, [FromServices] KeyRing ring, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context.Request);
        var (stored, key) = KeyMaker.Make(JsonInput.Read(body.Span, AccessJson.Default.NewKeyDocument), time.GetUtcNow());
        await ring.AddAsync(stored, cancellationToken);
        context.Response.Headers.Location = $"{context.Request.Path}/{stored.Id}";
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new CreatedKeyDocument(KeyDocument.Of(stored, null, stored.CreatedAt), key),
            ReadableJson.Access.CreatedKeyDocument,
            statusCode: StatusCodes.Status201Created);
    }

    private static KeyDocument Describe(KeyEntry key, TimeProvider time) => KeyDocument.Of(key.Stored, key.LastUsedAt, time.GetUtcNow());

    private static TelecomException NoSuchKey(string id) => new(ErrorCode.NotFound, $"There is no key with the id '{id}'.");
}
