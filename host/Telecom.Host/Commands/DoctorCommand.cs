using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;

namespace Telecom.Host.Commands;

/// <summary><c>doctor</c>: looks at everything a host needs and names one remedy per finding.</summary>
internal static class DoctorCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var output = VerbOptions.Output();
        var command = new Command("doctor", "Checks native library, device, folders, plugins and models; one remedy per finding.") { output };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var findings = await new Examination(host, shell).RunAsync(parse, cancellationToken);
            var document = new DoctorDocument(
                findings.TrueForAll(finding => finding.Status != Examination.Error),
                typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                RuntimeInformation.FrameworkDescription,
                $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
                findings);
            Print(shell, document, parse.IsJson(output));
            return document.Ok ? ExitCodes.Ok : ExitCodes.Failure;
        });
        return command;
    }

    private static void Print(Shell shell, DoctorDocument document, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(document, HostJson.Default.DoctorDocument);
            return;
        }

        shell.Write(new Text($"telecom {document.Version}, {document.Framework}, {document.System}\n"));
        var table = Tables.Create("area", "status", "finding", "remedy");
        foreach (var finding in document.Findings)
        {
            table.Add(finding.Area, finding.Status, finding.Message, finding.Remedy);
        }

        shell.Write(table);
    }
}
