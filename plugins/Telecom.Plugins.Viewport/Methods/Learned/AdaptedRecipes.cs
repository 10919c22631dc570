using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>The two ways to use the shared base: our residual recipe, and NetLLM's for comparison with the paper.</summary>
internal static class AdaptedRecipes
{
    public static AdaptedMethod<ViewportRequest, ViewportForecast> Create(MethodSetup setup) =>
        setup.Settings.Choice(LearnedSettings.Recipe, "residual", "netllm") == "netllm" ? new NetLlmViewport(setup) : new AdaptedViewport(setup);
}
