using BenchmarkDotNet.Running;
using Telecom.Benchmarks;
using Telecom.Sdk.Native;

NativeRuntime.EnsureLoaded();
if (args is [OpenInferenceComparison.Verb])
{
    await OpenInferenceComparison.RunAsync();
    return;
}

if (args is [QuarantineComparison.Verb])
{
    await QuarantineComparison.RunAsync();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(BenchmarkSettings).Assembly).Run(args, new BenchmarkSettings());
