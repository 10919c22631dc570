using System.Text.Json;
using Telecom.Runtime;
using Telecom.Runtime.Plugins;
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

    // A model that serves is loaded already. One in quarantine comes back by itself, or when an operator says so.
    public static async Task LoadAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        if (Owner(context, runtime) is { State: nameof(PluginState.Disabled) } plugin)
        {
            var loaded = await runtime.PluginService.EnableAsync(plugin.Id, null, context.RequestAborted);
            RequireReady(loaded, Name(context));
        }
        else
        {
            RequireReady(Owner(context, runtime), Name(context));
        }
    }

    public static async Task UnloadAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        var plugin = Owner(context, runtime);
        if (plugin.Tasks.Count > 1)
        {
            throw new BadHttpRequestException(
                $"Plugin '{plugin.Id}' would end with it, and offers also {string.Join(", ", plugin.Tasks.Where(task => task != Name(context)))}: " +
                $"disable the plugin with POST /api/v1/plugins/{plugin.Id}:disable instead.");
        }

        if (plugin.State is not nameof(PluginState.Disabled))
        {
            await runtime.PluginService.DisableAsync(plugin.Id, null, context.RequestAborted);
        }
    }

    private static PluginStatus Owner(HttpContext context, ITelecomRuntime runtime)
    {
        var name = Name(context);
        var owners = runtime.Plugins.Where(plugin => plugin.Tasks.Contains(name)).ToList();
        return owners.Find(plugin => plugin.State == nameof(PluginState.Active))
            ?? owners.LastOrDefault()
            ?? throw new TelecomException(ErrorCode.NotFound, $"There is no model '{name}' here, nor a plugin that has it: POST /v2/repository/index lists them.");
    }

    private static void RequireReady(PluginStatus plugin, string model)
    {
        if (plugin.State != nameof(PluginState.Active))
        {
            throw new BadHttpRequestException($"Model '{model}' cannot be loaded: plugin '{plugin.Id}' is {plugin.State}. {plugin.Reason}".TrimEnd());
        }
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["model"]!;

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
