using Telecom.Runtime;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>What the models are.</summary>
internal static class ModelEndpoints
{
    private const string Platform = "telecom_torchsharp";

    /// <returns>The model that the address names.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>: no such model, or not in that version.</exception>
    public static TensorModel Find(HttpContext context, ITelecomRuntime runtime)
    {
        var model = runtime.Tensors.Model((string)context.Request.RouteValues["model"]!);
        return context.Request.RouteValues["version"] is not string version || model.IsVersion(version)
            ? model
            : throw new TelecomException(
                ErrorCode.NotFound,
                $"Model '{model.Name}' has no version '{version}': it has '{model.Version}', which is {model.PluginVersion} of its plugin.");
    }

    public static Task DescribeAsync(HttpContext context)
    {
        var model = Find(context, context.RequestServices.GetRequiredService<ITelecomRuntime>());
        var document = new ModelDocument(model.Name, [model.Version], Platform, Describe(model.Signature.Inputs), Describe(model.Signature.Outputs));
        return context.Response.WriteAsJsonAsync(document, ReadableJson.OpenInference.ModelDocument);
    }

    public static Task ReadyAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        var name = (string)context.Request.RouteValues["model"]!;
        if (ModelStates.WhyUnavailable(runtime, name) is { } reason)
        {
            throw new TelecomException(ErrorCode.PluginUnavailable, reason);
        }

        var model = Find(context, runtime);
        return context.Response.WriteAsJsonAsync(new ModelReadyDocument(model.Name, true), ReadableJson.OpenInference.ModelReadyDocument);
    }

    private static TensorDocument[] Describe(IReadOnlyList<TensorSpec> specs) =>
        [.. specs.Select(spec => new TensorDocument(spec.Name, spec.DataType.WireName(), [.. spec.Shape]))];
}
