using BenchmarkDotNet.Running;
using Telecom.Benchmarks;
using Telecom.Sdk.Native;

NativeRuntime.EnsureLoaded();
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkSettings).Assembly).Run(args, new BenchmarkSettings());
