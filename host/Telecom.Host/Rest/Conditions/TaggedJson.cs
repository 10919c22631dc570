using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Telecom.Host.Rest.Conditions;

/// <summary>A JSON answer with its tag; a reader who has it already gets 304 instead.</summary>
internal sealed class TaggedJson<T>(T document, JsonTypeInfo<T> metadata, int status = StatusCodes.Status200OK) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(document, metadata);
        var response = httpContext.Response;
        var tag = EntityTag.Of(content);
        response.Headers.ETag = tag;
        if (HttpMethods.IsGet(httpContext.Request.Method) && EntityTag.IsKnown(httpContext.Request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.StatusCode = status;
        response.ContentType = $"{MediaTypeNames.Application.Json}; charset=utf-8";
        response.ContentLength = content.Length;
        await response.Body.WriteAsync(content, httpContext.RequestAborted);
    }
}
