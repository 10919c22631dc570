using System.CommandLine;
using Telecom.Host.Terminal;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Execution;
using Telecom.Modeling.Forward;
using Telecom.Runtime;
using Telecom.Runtime.Bases;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary>Options that every verb understands: where plugins, state and weights are.</summary>
internal sealed class HostOptions(Shell shell)
{
    private readonly Option<string[]> plugins = new("--plugins")
    {
        Description = "Folder of plugin folders, besides those that come with the host; may be repeated. Default: user-plugins/ in the state folder.",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<string> state = new("--state")
    {
        Description = "Folder of everything the host writes: store, trained bundles, plugin copies.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "telecom-data",
        Recursive = true,
    };

    private readonly Option<string> baseModel = new("--base")
    {
        Description = "The shared base: shipped, random:SEED, none, or a checkpoint folder.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "shipped",
        Recursive = true,
    };

    private readonly Option<string> precision = Precision();

    private readonly Option<string> device = new("--device")
    {
        Description = "auto, cpu or cuda:N.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "auto",
        Recursive = true,
    };

    private readonly Option<int> threads = new("--threads")
    {
        Description = "Threads of one tensor operation; 0 leaves the choice to libtorch.",
        HelpName = "N",
        Recursive = true,
    };

    /// <summary>Makes the options known to <paramref name="root"/> and all its verbs.</summary>
    public void AddTo(RootCommand root)
    {
        root.Add(plugins);
        root.Add(state);
        root.Add(baseModel);
        root.Add(precision);
        root.Add(device);
        root.Add(threads);
    }

    /// <returns>The runtime's options; the state folder and the default plugin folder in it exist afterwards.</returns>
    public RuntimeOptions Read(ParseResult parse)
    {
        var stateFolder = StateDirectory(parse);
        var options = new RuntimeOptions
        {
            PluginDirectories = [shell.FirstPartyPlugins, .. UserPlugins(parse, stateFolder)],
            HostPluginDirectory = shell.FirstPartyPlugins,
            StateDirectory = stateFolder,
            Base = parse.GetRequiredValue(baseModel),
            Precision = ReadPrecision(parse),
            Device = parse.GetRequiredValue(device),
            Threads = parse.GetValue(threads),
            Native = shell.Native,
        };
        return ServingSettings.Apply(options, shell.Settings);
    }

    /// <returns>Folder of the base; null where it is none.</returns>
    public string? BaseFolder(ParseResult parse) =>
        parse.GetRequiredValue(baseModel) is var specification && BaseProvider.IsFolder(specification) ? specification : null;

    /// <returns>The state folder, which may not exist yet.</returns>
    public string StateDirectory(ParseResult parse) => Path.GetFullPath(parse.GetRequiredValue(state));

    /// <summary>Runs <paramref name="work"/> on the base alone, without plugins, store or state folder.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="work">Runs on the executor thread.</param>
    /// <param name="cancellationToken">Not looked at once the work has begun.</param>
    /// <exception cref="TelecomException">The base does not exist, cannot be loaded, or is <c>none</c>.</exception>
    public async Task<T> RunOnBaseAsync<T>(ParseResult parse, Func<BaseModel, T> work, CancellationToken cancellationToken)
    {
        var specification = parse.GetRequiredValue(baseModel);
        if (BaseProvider.IsFolder(specification) && !Directory.Exists(specification))
        {
            throw new TelecomException(ErrorCode.NotFound, $"The base folder {specification} does not exist.");
        }

        await using var executor = await DeviceExecutor.StartAsync(parse.GetRequiredValue(device), parse.GetValue(threads), shell.Native);
        await using var bases = new BaseProvider(executor, ReadPrecision(parse));
        var shared = await bases.GetAsync(specification);
        return shared.Model is { } model
            ? await executor.RunAsync(() => work(model), cancellationToken)
            : throw new TelecomException(ErrorCode.InvalidInput, $"--base {specification} is no transformer: name a checkpoint folder.");
    }

    /// <returns>The started runtime; the caller disposes it.</returns>
    public Task<ITelecomRuntime> StartAsync(
        ParseResult parse, IReadOnlyList<string> bundles, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        shell.StartRuntime(Read(parse) with { Bundles = [.. bundles.Select(Path.GetFullPath)] }, loggers, shell.Time, cancellationToken);

    private static Option<string> Precision()
    {
        var option = new Option<string>("--precision")
        {
            Description = "What a base in a checkpoint folder computes in; auto takes bf16 where this machine multiplies it faster. The shipped base stays fp32.",
            HelpName = "fp32|bf16|auto",
            DefaultValueFactory = _ => "fp32",
            Recursive = true,
        };
        option.AcceptOnlyFromAmong("fp32", "bf16", "auto");
        return option;
    }

    private BasePrecision ReadPrecision(ParseResult parse) => parse.GetRequiredValue(precision) switch
    {
        "bf16" => BasePrecision.BFloat16,
        "auto" => BasePrecision.Auto,
        _ => BasePrecision.Float32,
    };

    private IEnumerable<string> UserPlugins(ParseResult parse, string stateFolder)
    {
        if (parse.GetValue(plugins) is { Length: > 0 } given)
        {
            return given.Select(folder => Directory.Exists(folder)
                ? Path.GetFullPath(folder)
                : throw new TelecomException(ErrorCode.NotFound, $"The plugin folder {folder} does not exist."));
        }

        var standard = Path.Combine(stateFolder, StateFolder.Plugins);
        try
        {
            Directory.CreateDirectory(standard);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                $"The state folder {stateFolder} cannot be written ({exception.Message}): name another one with --state.",
                exception);
        }

        return [standard];
    }
}
