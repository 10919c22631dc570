using System.Reflection;
using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>What the server is, and how it is.</summary>
internal static class ServerEndpoints
{
    /// <summary>Version of the host.</summary>
    public static string Version { get; } =
        typeof(ServerEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static ServerDocument Server { get; } = new(
        "telecom",
        Version,
        ["binary_tensor_data", "model_repository", "schedule_policy", "statistics"]);

    public static Task DescribeAsync(HttpContext context) => context.Response.WriteAsJsonAsync(Server, ReadableJson.OpenInference.ServerDocument);

    public static Task LiveAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new LiveDocument(true), ReadableJson.Rest.LiveDocument);

    // The protocol names both bodies "live".
    public static async Task ReadyAsync(HttpContext context)
    {
        var status = context.RequestServices.GetRequiredService<ITelecomRuntime>().Status;
        if (!status.IsReady)
        {
            throw new TelecomException(ErrorCode.PluginUnavailable, $"The host is not ready. {string.Join(' ', status.Reasons)}");
        }

        if (context.RequestServices.GetRequiredService<PredictionRecorder>().Failure is { } failure)
        {
            throw new TelecomException(ErrorCode.DataRejected, failure);
        }

        await context.RequestServices.GetRequiredService<TelecomStore>().PingAsync(context.RequestAborted);
        await LiveAsync(context);
    }
}
