using System.Globalization;
using Microsoft.OpenApi;
using Telecom.Host.Rest.Idempotency;
using Telecom.Host.Rest.Lists;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Parameters that several operations take.</summary>
internal static class Parameters
{
    public static OpenApiParameter Limit() => Query("limit", "Items of one page.", new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = "1",
        Maximum = PageRequest.MaximumLimit.ToString(CultureInfo.InvariantCulture),
        Default = PageRequest.DefaultLimit,
    });

    public static OpenApiParameter Cursor() => Query("cursor", "nextCursor of the page before.", Schemas.Text());

    public static OpenApiParameter IfMatch() => Header("If-Match", "ETag of the resource as the caller knows it; 412 when it is another by now.");

    public static OpenApiParameter IfNoneMatch() => Header("If-None-Match", "ETag of the answer that the caller has; 304 when it is still the same.");

    public static OpenApiParameter IdempotencyKey() => Header(
        IdempotentRequest.Header,
        "Best a new UUID: within 24 hours, the same request with the same key is carried out once and answered alike; 409 while it is worked on, "
        + "422 for another request with the key.");

    public static OpenApiParameter Query(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };

    public static OpenApiParameter Header(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Header, Description = description, Schema = Schemas.Text() };
}
