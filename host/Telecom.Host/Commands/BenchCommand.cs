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
    public static Command Create(Shell shell, IReadOnlyList<IMeasurementSuite> suites)
    {
        var names = string.Join(", ", suites.Select(suite => suite.Name));
        var name = new Argument<string>("suite") { Description = $"Suite: {names}.", HelpName = "SUITE" };
        var output = VerbOptions.Output();
        var command = new Command("bench", "Measures speed on one thread, in interleaved rounds.") { name, output };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var suite = suites.FirstOrDefault(suite => suite.Name == parse.GetRequiredValue(name)) ?? throw new TelecomException(
                ErrorCode.NotFound, $"There is no benchmark suite '{parse.GetRequiredValue(name)}': choose one of {names}.");
            var tables = await MeasureAsync(suite, shell, cancellationToken);
            Print(shell, Document(suite.Name, tables), parse.IsJson(output));
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
            var table = Tables.Create("case", "median ms", "least ms", "throughput", "target", "met", "note");
            foreach (var row in measured.Rows)
            {
                table.Add(
                    row.Case, Tables.Figure(row.MedianMs), Tables.Figure(row.MinMs), Tables.Figure(row.Ratio),
                    row.Target?.ToString("0.00", CultureInfo.InvariantCulture),
                    row.IsMet switch { true => "yes", false => "no", null => null },
                    row.Note);
            }

            shell.Write(table);
        }
    }
}
