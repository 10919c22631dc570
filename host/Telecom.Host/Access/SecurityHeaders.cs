namespace Telecom.Host.Access;

/// <summary>What every answer tells browsers. An endpoint whose page needs another policy replaces the header.</summary>
internal static class SecurityHeaders
{
    /// <summary>Content of this host alone, and no page of others around it.</summary>
    public const string ContentPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    public static void Use(IApplicationBuilder application) => application.Use(static (HttpContext context, RequestDelegate next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OneYear;
        }

        return next(context);
    });
}
