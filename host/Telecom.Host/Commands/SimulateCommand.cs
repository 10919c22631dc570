using System.CommandLine;
using System.Text.Json.Nodes;
using Telecom.Host.Terminal;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>simulate T --scenario FILE|DIR</c>: runs the environment of a task on its own.</summary>
internal static class SimulateCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var task = VerbOptions.Task();
        var data = VerbOptions.Data();
        var set = VerbOptions.Set();
        var seed = VerbOptions.Seed();
        var scenario = new Option<string?>("--scenario") { Description = "Scenario file, folder of them, or FILE#id.", HelpName = "FILE|DIR" };
        var policy = new Option<string?>("--policy") { Description = "Method or other policy that acts; default: the scenario's.", HelpName = "POLICY" };
        var output = new Option<string>("--output") { Description = "json, the only form results have.", HelpName = "json" };
        output.AcceptOnlyFromAmong("json");
        var command = new Command("simulate", "Runs the simulator of a task; 'telecom tasks show TASK' says what it takes.")
        {
            task, scenario, data, policy, set, seed, output,
        };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var loggers = shell.CreateLoggers(LogLevel.Error);
            JsonObject result;
            await using (var runtime = await host.StartAsync(parse, [], loggers, cancellationToken))
            {
                var definition = runtime.Task(parse.GetRequiredValue(task));
                if (definition.Simulator is null)
                {
                    var simulated = runtime.Tasks.Where(other => other.Simulator is not null).Select(other => other.Id).ToList();
                    throw new TelecomException(
                        ErrorCode.NotFound,
                        $"Task '{definition.Id}' has no simulator. Tasks with one: {(simulated.Count == 0 ? "none" : string.Join(", ", simulated))}.");
                }

                using var progress = new ConsoleProgress(shell);
                result = await runtime.Simulations.SimulateAsync(
                    new()
                    {
                        Task = definition.Id,
                        Scenario = parse.GetValue(scenario),
                        Data = parse.GetValue(data),
                        Policy = parse.GetValue(policy),
                        Settings = parse.Pairs(set),
                        Seed = parse.GetValue(seed),
                    },
                    progress,
                    cancellationToken);
            }

            shell.WriteJson(writer => result.WriteTo(writer));
            return ExitCodes.Ok;
        });
        return command;
    }
}
