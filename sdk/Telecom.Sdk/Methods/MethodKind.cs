namespace Telecom.Sdk.Methods;

/// <summary>The three ways to answer a task; reports always show all of them side by side.</summary>
public enum MethodKind
{
    /// <summary>No weights: baselines, planners, physics.</summary>
    Analytic,

    /// <summary>A small network of its own.</summary>
    Network,

    /// <summary>The shared frozen base with an adapter.</summary>
    Adapted,
}
