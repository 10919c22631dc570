using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Modeling.Execution;
using Telecom.Modeling.Measurement;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>bench S</c>: measures the speed of one part of the host on one thread of this machine.</summary>
internal static class BenchCommand
{
    public static Command Create(HostOptions host, Shell shell, IReadOnlyList<IMeasurementSuite> suites)
    {
        var names = string.Join(", ", suites.Select(suite => suite.Name));
        var name = new Argument<string>("suite") { Description = $"Suite: {names}, or a task that has one.", HelpName = "SUITE" };
        var output = VerbOptions.Output();
        var command = new Command("bench", "Measures speed on one thread, in interleaved rounds.") { name, output };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var wanted = parse.GetRequiredValue(name);
            var tables = suites.FirstOrDefault(suite => suite.Name == wanted) is { } suite
                ? await MeasureAsync(suite, shell, cancellationToken)
                : await MeasureTaskAsync(wanted, names, host, shell, parse, cancellationToken);
            Print(shell, Document(wanted, tables), parse.IsJson(output));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<IReadOnlyList<MeasurementTable>> MeasureAsync(
        IMeasurementSuite suite, Shell shell, CancellationToken cancellationToken)
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu", threads: 1, shell.Native);
        using var progress = new ConsoleProgress(shell);
        return await executor.RunAsync(() => suite.Run(progress, cancellationToken), cancellationToken);
    }

    // Tasks bring their own measurements.
    private static async Task<IReadOnlyList<MeasurementTable>> MeasureTaskAsync(
        string task, string suites, HostOptions host, Shell shell, ParseResult parse, CancellationToken cancellationToken)
    {
        using var loggers = shell.CreateLoggers(LogLevel.Error);
        await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
        var measured = runtime.Tasks.Where(candidate => candidate.SpeedSuite is not null).Select(candidate => candidate.Id).ToList();
        if (!measured.Contains(task))
        {
            throw new TelecomException(
                ErrorCode.NotFound, $"There is no benchmark suite '{task}': choose one of {string.Join(", ", measured.Prepend(suites))}.");
        }

        using var progress = new ConsoleProgress(shell);
        return await runtime.Measurements.MeasureAsync(task, progress, cancellationToken);
    }

    private static BenchDocument Document(string suite, IReadOnlyList<MeasurementTable> tables) => new(
        suite,
        typeof(BenchCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        Processor(),
        tables);

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        if (!File.Exists(Info))
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        var lines = File.ReadLines(Info).TakeWhile(line => line.Length > 0).ToArray();
        string Field(string field) => lines.FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim() ?? string.Empty;
        var special = Field("flags").Split(' ').Where(flag => flag is "avx512_bf16" or "amx_bf16");
        return string.Join(", ", special.Prepend(Field("model name")));
    }

    private static void Print(Shell shell, BenchDocument document, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(document, HostJson.Default.BenchDocument);
            return;
        }

        shell.Write(new Text($"telecom {document.Version}, {document.Framework}, {document.Processor}, 1 thread\n"));
        foreach (var measured in document.Tables)
        {
            shell.Write(new Text($"\n{measured.Name}\n"));
            if (measured.Rows.Any(row => row.MicrosecondsPerOperation is not null))
            {
                shell.Write(Operations(measured));
                continue;
            }

            var table = Tables.Create("case", "median ms", "least ms", "throughput", "target", "met", "note");
            foreach (var row in measured.Rows)
            {
                table.Add(
                    row.Case, Tables.Figure(row.MedianMs), Tables.Figure(row.MinMs), Tables.Figure(row.Ratio),
                    row.Target?.ToString("0.00", CultureInfo.InvariantCulture),
                    Met(row),
                    row.Note);
            }

            shell.Write(table);
        }
    }

    private static Table Operations(MeasurementTable measured)
    {
        var table = Tables.Create("case", "µs/operation", "target", "B/operation", "allowed", "met", "note");
        foreach (var row in measured.Rows)
        {
            table.Add(
                row.Case,
                Figure(row.MicrosecondsPerOperation),
                Figure(row.TargetMicroseconds),
                Figure(row.AllocatedBytesPerOperation),
                Figure(row.AllowedBytesPerOperation),
                Met(row),
                row.Note);
        }

        return table;

        static string? Figure(double? value) => value is { } given ? Tables.Figure(given) : null;
    }

    private static string? Met(MeasurementRow row) => row.IsMet switch { true => "yes", false => "no", null => null };
}
