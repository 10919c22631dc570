using System.CommandLine;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Runtime;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Host.Commands;

/// <summary><c>datasets [list]</c>, <c>show D</c>, <c>generate D</c> and <c>fetch D</c>.</summary>
internal static class DatasetsCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var output = VerbOptions.Output();
        var command = new Command("datasets", "Where examples come from: readers of measured data and seeded generators.")
        {
            output,
            List(host, shell, output),
            Show(host, shell, output),
            Generate(host, shell),
            Fetch(host, shell),
        };
        command.SetAction((parse, cancellationToken) => ListAsync(host, shell, output, parse, cancellationToken));
        return command;
    }

    private static Command List(HostOptions host, Shell shell, Option<string> output)
    {
        var list = new Command("list", "All datasets.");
        list.SetAction((parse, cancellationToken) => ListAsync(host, shell, output, parse, cancellationToken));
        return list;
    }

    private static Command Show(HostOptions host, Shell shell, Option<string> output)
    {
        var id = Id();
        var show = new Command("show", "One dataset: licence, source, layout, settings.") { id };
        show.SetAction((parse, cancellationToken) => WithDatasetAsync(host, shell, id, parse, dataset =>
        {
            var document = DatasetDocument.Of(dataset);
            if (parse.IsJson(output))
            {
                shell.WriteJson(document, HostJson.Default.DatasetDocument);
            }
            else
            {
                Write(shell, document);
            }

            return Task.CompletedTask;
        }, cancellationToken));
        return show;
    }

    private static Command Generate(HostOptions host, Shell shell)
    {
        var id = Id();
        var folder = new Option<string>("--out") { Description = "Folder to write to; it is created.", HelpName = "DIR", Required = true };
        var seed = VerbOptions.Seed();
        var set = VerbOptions.Set();
        var split = new Option<string?>("--split") { Description = "Only this split.", HelpName = "SPLIT" };
        var generate = new Command("generate", "Writes a generated dataset in the layout its readers understand.") { id, folder, seed, set, split };
        generate.SetAction((parse, cancellationToken) => WithDatasetAsync(host, shell, id, parse, async dataset =>
        {
            if (dataset is not IDatasetWriter writer)
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput,
                    $"Dataset '{dataset.Descriptor.Id}' is measured and cannot be generated: see 'telecom datasets fetch {dataset.Descriptor.Id}'.");
            }

            var settings = parse.Pairs(set);
            _ = SettingValues.Create(dataset.Descriptor.Settings, settings);
            var query = new DatasetQuery { Split = parse.GetValue(split), Settings = settings, Seed = parse.GetValue(seed) };
            var target = Path.GetFullPath(parse.GetRequiredValue(folder));
            using var progress = new ConsoleProgress(shell);
            await writer.WriteAsync(target, query, progress, cancellationToken);
            shell.Output.WriteLine(target);
        }, cancellationToken));
        return generate;
    }

    private static Command Fetch(HostOptions host, Shell shell)
    {
        var id = Id();
        var fetch = new Command("fetch", "Says where the files of a measured dataset come from and where they belong.") { id };
        fetch.SetAction((parse, cancellationToken) => WithDatasetAsync(host, shell, id, parse, dataset =>
        {
            var descriptor = dataset.Descriptor;
            throw descriptor.Origin == DatasetOrigin.Generated
                ? new TelecomException(
                    ErrorCode.InvalidInput,
                    $"Dataset '{descriptor.Id}' is generated, there is nothing to fetch: "
                    + $"'telecom datasets generate {descriptor.Id} --out DIR' writes it.")
                : new TelecomException(
                    ErrorCode.NotFound,
                    $"No download of '{descriptor.Id}' is pinned by checksum, so none is made. Source: {descriptor.Source}. "
                    + $"Licence: {descriptor.Licence}. Put the files below a folder as {descriptor.Layout} and name it with --data.");
        }, cancellationToken));
        return fetch;
    }

    private static Argument<string> Id() => new("dataset") { Description = "Dataset id, as 'telecom datasets' lists it.", HelpName = "DATASET" };

    private static async Task<int> ListAsync(
        HostOptions host, Shell shell, Option<string> output, ParseResult parse, CancellationToken cancellationToken)
    {
        using var loggers = shell.CreateLoggers(LogLevel.Error);
        await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
        var datasets = runtime.Datasets.All.Select(DatasetDocument.Of).ToList();
        if (parse.IsJson(output))
        {
            shell.WriteJson(new(datasets), HostJson.Default.ItemsDocumentDatasetDocument);
            return ExitCodes.Ok;
        }

        var table = Tables.Create("dataset", "title", "origin", "records", "licence", "splits");
        foreach (var dataset in datasets)
        {
            table.Add(dataset.Id, dataset.Title, dataset.Origin, dataset.Record, dataset.Licence, string.Join(", ", dataset.Splits));
        }

        shell.Write(table);
        return ExitCodes.Ok;
    }

    private static async Task<int> WithDatasetAsync(
        HostOptions host, Shell shell, Argument<string> id, ParseResult parse, Func<IDataset, Task> use, CancellationToken cancellationToken)
    {
        using var loggers = shell.CreateLoggers(LogLevel.Error);
        await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
        await use(Find(runtime, parse.GetRequiredValue(id)));
        return ExitCodes.Ok;
    }

    private static IDataset Find(ITelecomRuntime runtime, string id) =>
        runtime.Datasets.All.FirstOrDefault(dataset => string.Equals(dataset.Descriptor.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new TelecomException(
            ErrorCode.NotFound,
            $"There is no dataset '{id}'. Datasets: {string.Join(", ", runtime.Datasets.All.Select(dataset => dataset.Descriptor.Id))}.");

    private static void Write(Shell shell, DatasetDocument dataset)
    {
        shell.Write(new Text(
            $"{dataset.Id}: {dataset.Title}\norigin: {dataset.Origin}\nrecords: {dataset.Record}\nlicence: {dataset.Licence}\n"
            + $"source: {dataset.Source}\nlayout: {dataset.Layout}\nsplits: {string.Join(", ", dataset.Splits)}\n\n"));
        var settings = Tables.Create("setting", "default", "meaning");
        foreach (var setting in dataset.Settings)
        {
            settings.Add(setting.Name, setting.Default, setting.Description);
        }

        shell.Write(settings);
    }
}
