using System.CommandLine;
using System.Globalization;
using Telecom.Host.Terminal;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Host.Commands;

/// <summary><c>models merge A B … --out DIR</c>: several adapters as one, or a base that contains them.</summary>
internal sealed class ModelsMergeCommand
{
    private const string Details =
        """
        cat is exact and adds the ranks up; svd cuts the exact sum to --rank; linear, ties and dare work on the factors, their _svd forms on the
        products. ties and dare keep the share --density of the entries; dare draws them with --seed.

        Examples:
          telecom models merge a/ b/ --base llama/ --out both/
          telecom models merge a/ b/ --base llama/ --method svd --rank 8 --weights 0.7,0.3 --out both/
          telecom models merge weather@2 --base llama/ --into-base --out llama-weather/
        """;

    private static readonly Dictionary<string, AdapterMerge> Methods = new(StringComparer.Ordinal)
    {
        ["cat"] = AdapterMerge.Cat,
        ["linear"] = AdapterMerge.Linear,
        ["svd"] = AdapterMerge.Svd,
        ["ties"] = AdapterMerge.Ties,
        ["dare_linear"] = AdapterMerge.DareLinear,
        ["dare_ties"] = AdapterMerge.DareTies,
        ["ties_svd"] = AdapterMerge.TiesSvd,
        ["dare_linear_svd"] = AdapterMerge.DareLinearSvd,
        ["dare_ties_svd"] = AdapterMerge.DareTiesSvd,
    };

    private readonly HostOptions host;
    private readonly Shell shell;
    private readonly Argument<string[]> sources = new("adapters")
    {
        Description = "Adapter or bundle folders, or adapters of the store.",
        HelpName = AdapterReference.Help,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> target = new("--out") { Description = "Folder to write; must not exist, or be empty.", HelpName = "DIR", Required = true };
    private readonly Option<string> method = new("--method")
    {
        Description = string.Join(", ", Methods.Keys) + ".",
        HelpName = "METHOD",
        DefaultValueFactory = _ => "cat",
    };

    private readonly Option<string?> weights = new("--weights") { Description = "One factor per adapter; default: 1 each.", HelpName = "W1,W2,…" };
    private readonly Option<double> density = VerbOptions.Number("--density", "Share of entries that ties and dare keep, above 0 and up to 1.", "D", 1);

    private readonly Option<int?> rank = new("--rank") { Description = "Rank of the svd forms; default: the largest of the adapters.", HelpName = "R" };
    private readonly Option<int> seed = VerbOptions.Seed();
    private readonly Option<bool> intoBase = new("--into-base") { Description = "Writes a copy of the base with the merged adapter in its weights." };

    private readonly Option<string> output;

    private ModelsMergeCommand(HostOptions host, Shell shell, Option<string> output)
    {
        this.host = host;
        this.shell = shell;
        this.output = output;
    }

    public static Command Create(HostOptions host, Shell shell, Option<string> output)
    {
        var verb = new ModelsMergeCommand(host, shell, output);
        verb.method.AcceptOnlyFromAmong([.. Methods.Keys]);
        var command = new VerbCommand("merge", "Makes one adapter of several, in PEFT layout, or a base that contains them.", Details)
        {
            verb.sources, verb.target, verb.method, verb.weights, verb.density, verb.rank, verb.seed, verb.intoBase,
        };
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        string[] folders = [.. parse.GetRequiredValue(sources).Select(source => AdapterReference.Folder(source, host.StateDirectory(parse)))];
        var factors = Factors(parse.GetValue(weights), folders.Length);
        var written = Path.GetFullPath(parse.GetRequiredValue(target));
        BundleWriter.RequireVacant(written);
        var merger = new AdapterMerger(
            Methods[parse.GetRequiredValue(method)], parse.GetValue(density), parse.GetValue(rank), unchecked((ulong)parse.GetValue(seed)));
        await host.RunOnBaseAsync(
            parse,
            model =>
            {
                using var scope = torch.NewDisposeScope();
                var adapters = new List<Adapter>();
                try
                {
                    adapters.AddRange(folders.Select(folder => PeftFolder.Open(folder).Load(model.Weights)));
                    Write(model, adapters, factors, merger, written, parse.GetValue(intoBase));
                    return true;
                }
                finally
                {
                    adapters.ForEach(adapter => adapter.Dispose());
                }
            },
            cancellationToken);
        ModelsExportCommand.Write(shell, written, parse.IsJson(output));
        return ExitCodes.Ok;
    }

    private static void Write(
        BaseModel model, List<Adapter> adapters, double[] factors, AdapterMerger merger, string written, bool intoBase)
    {
        // A lone adapter at full weight goes into a base as it is, whatever its kind.
        var isAsIs = intoBase && adapters.Count == 1 && factors[0] == 1;
        using var merged = isAsIs ? null : merger.Merge(adapters, factors);
        var result = merged ?? adapters[0];
        if (!intoBase)
        {
            Directory.CreateDirectory(written);
            PeftWriter.Write(written, result, model.Name, model.Fingerprint);
            return;
        }

        using var weights = MergedBase.Create(model.Weights, result, Path.GetFileName(Path.TrimEndingDirectorySeparator(written)));
        weights.Save(written);
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: not one number per adapter.</exception>
    private static double[] Factors(string? text, int count)
    {
        if (text is null)
        {
            return [.. Enumerable.Repeat(1.0, count)];
        }

        var factors = new List<double>();
        foreach (var word in text.Split(','))
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) || !double.IsFinite(factor))
            {
                throw new TelecomException(ErrorCode.InvalidInput, $"--weights {text}: '{word}' is not a number.");
            }

            factors.Add(factor);
        }

        return factors.Count == count
            ? [.. factors]
            : throw new TelecomException(ErrorCode.InvalidInput, $"--weights has {factors.Count} numbers for {count} adapters: give one for each.");
    }
}
