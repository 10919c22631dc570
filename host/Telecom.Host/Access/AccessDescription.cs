using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Telecom.Host.Access;

/// <summary>Says in the OpenAPI documents how callers show who they are, and which scope every operation needs.</summary>
internal static class AccessDescription
{
    private const string Bearer = "bearer";
    private const string Header = "header";

    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, context, _) =>
    {
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key telecom_ID_SECRET, or a token (JWT) of the identity provider that the host trusts. On a host that only its own machine "
                + "reaches, reading and predicting need neither.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Header, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = Credential.KeyHeader,
            Description = "The same key, for clients that cannot set Authorization.",
        });
        var rules = Rules(context.ApplicationServices.GetRequiredService<EndpointDataSource>());
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                operation.Security = Requirements(Find(rules, method, path), document);
            }
        }

        return Task.CompletedTask;
    });

    private static List<OpenApiSecurityRequirement> Requirements(AccessRule rule, OpenApiDocument document)
    {
        List<string> scopes = rule.Needed == Scopes.None ? [] : [rule.Needed.Name()];
        return rule.IsOpen
            ? []
            : [new() { [new(Bearer, document)] = scopes }, new() { [new(Header, document)] = scopes }];
    }

    private static List<(string[] Segments, string Method, AccessRule Rule)> Rules(EndpointDataSource endpoints) =>
    [
        .. from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           select (Segments(endpoint.RoutePattern.RawText!), method, AccessRule.Of(endpoint)),
    ];

    // A document may name one task or model where the route has a parameter: the route with the most words in common is meant.
    private static AccessRule Find(List<(string[] Segments, string Method, AccessRule Rule)> rules, HttpMethod method, string path)
    {
        var segments = Segments(path);
        return rules
            .Where(rule => rule.Method == method.Method && rule.Segments.Length == segments.Length)
            .Where(rule => rule.Segments.Zip(segments).All(pair => pair.First == pair.Second || pair.First.StartsWith('{')))
            .OrderByDescending(rule => rule.Segments.Zip(segments).Count(pair => pair.First == pair.Second))
            .Select(rule => rule.Rule)
            .FirstOrDefault() ?? AccessRule.Default;
    }

    private static string[] Segments(string path) => path.Trim('/').Split('/');
}
