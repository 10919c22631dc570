using Telecom.GpuCheck;
using Telecom.GpuCheck.Checks;
using Telecom.Modeling.Execution;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;

if (CheckOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(CheckOptions.Usage);
    return 2;
}

var native = new NativeRuntimeOptions();
native = native with { LibTorchPath = Environment.GetEnvironmentVariable("Native__LibTorchPath") ?? native.LibTorchPath };
var startedAt = TimeProvider.System.GetUtcNow();
try
{
    await using var executor = await DeviceExecutor.StartAsync(options.Device, options.Threads, native);
    var context = new CheckContext(options, executor, native);
    ICheck[] checks =
    [
        new DeviceCheck(), new GoldenCheck(), new ForwardCheck(), new MixedCheck(), new ExecutorCheck(), new TrainingCheck(), new BudgetCheck(), new MemoryCheck(),
    ];
    foreach (var check in checks.Where(check => options.Only.Count == 0 || options.Only.Contains(check.Name)))
    {
        await Console.Error.WriteLineAsync($"{check.Name} …");
        await context.RunAsync(check);
    }

    var described = options.IsCuda ? CudaDriver.Describe(executor.Device.index) : null;
    var report = new CheckReport
    {
        Device = options.Device,
        DeviceName = described?.Name ?? $"CPU, {Environment.ProcessorCount} cores",
        DeviceMemoryBytes = described?.Bytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        LibTorchVersion = NativeRuntime.Report.LibTorchVersion,
        StartedAt = startedAt,
        Passed = context.Rows.Count(row => row.Status == "passed"),
        Failed = context.Rows.Count(row => row.Status == "failed"),
        NotRun = context.Rows.Count(row => row.Status == "not run"),
        Rows = context.Rows,
    };
    foreach (var line in report.Lines())
    {
        Console.WriteLine(line);
    }

    Console.WriteLine(report.Write(options.Output));
    return report.Failed == 0 ? 0 : 1;
}
catch (TelecomException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
