using BenchmarkDotNet.Attributes;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;

namespace Telecom.Benchmarks;

/// <summary>Claim: every baseline answers a window within 20 µs, amortised over a batch.</summary>
public class BaselineBenchmarks
{
    private const int Windows = 256;

    private readonly ViewportRequest[] requests = Heads.Requests(Windows);
    private readonly ViewportForecast[] forecasts = new ViewportForecast[Windows];
    private IMethod<ViewportRequest, ViewportForecast> method = null!;

    [Params("hold", "damped-velocity", "velocity", "velocity-unwrap", "linear-regression", "linear-regression-unwrap")]
    public string Method { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup() => method = Rig.Task.MethodDefinition(Method).Analytic!;

    /// <summary>One window of 10 samples in, 20 out.</summary>
    [Benchmark(OperationsPerInvoke = Windows)]
    public void PerWindow() => method.Predict(requests, forecasts);
}
