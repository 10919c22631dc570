using System.Text.Json;
using Telecom.Runtime;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>The models that are here, and their loading.</summary>
internal static class RepositoryEndpoints
{
    public static async Task IndexAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        var onlyReady = await ReadFilterAsync(context.Request);
        await context.Response.WriteAsJsonAsync(
            [.. ModelStates.All(runtime).Where(entry => !onlyReady || entry.Reason.Length == 0)], ReadableJson.OpenInference.RepositoryEntryArray);
    }

    // A model that serves is loaded already; whether one that does not can be is for its plugin.
    public static Task LoadAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        var name = Name(context);
        return ModelStates.WhyUnavailable(runtime, name) is { } reason
            ? throw NotHere($"Model '{name}' cannot be loaded from here. {reason}")
            : Task.FromResult(runtime.Task(name));
    }

    public static Task UnloadAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        var name = Name(context);
        return ModelStates.WhyUnavailable(runtime, name) is null
            ? throw NotHere($"Model '{runtime.Task(name).Id}' serves as long as its plugin does: remove the plugin instead.")
            : Task.CompletedTask;
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["model"]!;

    private static BadHttpRequestException NotHere(string message) => new(message, StatusCodes.Status403Forbidden);

    private static async Task<bool> ReadFilterAsync(HttpRequest request)
    {
        using var body = await InferenceBody.ReadAsync(request);
        if (body.Span.TrimStart(" \t\r\n"u8).IsEmpty)
        {
            return false;
        }

        try
        {
            return ReadFilter(body.Span);
        }
        catch (JsonException)
        {
            throw new InvalidInputException(string.Empty, "The request is not valid JSON: send {} or {\"ready\": true}.");
        }
    }

    private static bool ReadFilter(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var onlyReady = false;
        reader.Read();
        JsonMembers.RequireObject(reader.TokenType, string.Empty);
        while (JsonMembers.Next(ref reader))
        {
            if (JsonMembers.Is(ref reader, "ready"u8))
            {
                onlyReady = JsonMembers.Boolean(ref reader, "/ready");
            }
            else
            {
                JsonMembers.Skip(ref reader);
            }
        }

        reader.Read();
        return onlyReady;
    }
}
