using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>A plugin folder on its way from the disk into memory; knows how far it came, so that a refusal can say so.</summary>
internal sealed class PluginCandidate(string path)
{
    private readonly List<string> warnings = [];

    public PluginManifest? Manifest { get; private set; }

    public string? Fingerprint { get; private set; }

    /// <summary>The folder.</summary>
    public string Folder => path;

    /// <summary>Why it was not loaded although it fits; null where that was not the reason.</summary>
    public PluginHold? Hold { get; private set; }

    /// <summary>Runs every check in the order of their cost and loads the plugin.</summary>
    /// <param name="options">What the plugin must fit.</param>
    /// <param name="contracts">Contracts that plugins loaded before brought; takes those of this plugin.</param>
    /// <param name="checkNames">Throws when the id or a name of the manifest is taken.</param>
    /// <param name="refusal">Why it shall not be loaded although it fits; null to load it.</param>
    /// <param name="reached">Told how far the plugin came.</param>
    /// <exception cref="TelecomException">Says why the plugin cannot serve and what to do about it.</exception>
    public LoadedPlugin Load(
        PluginCatalogOptions options,
        ContractContext contracts,
        Action<PluginManifest> checkNames,
        Func<PluginCandidate, PluginHold?> refusal,
        Action<PluginState> reached)
    {
        if (!Directory.Exists(path))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            throw new TelecomException(
                ErrorCode.ManifestInvalid,
                $"'{Path.GetFileName(path)}' lies directly in the plugin directory. Put it into a folder of its own together with its plugin.json " +
                $"and its private DLLs, e.g. {Path.Combine(Path.GetDirectoryName(path)!, name.ToLowerInvariant())}.");
        }

        Manifest = PluginManifestReader.Read(path);
        warnings.AddRange(Manifest.UnknownMembers.Select(member => $"plugin.json has the unknown member '{member}', which is ignored."));
        Fingerprint = PluginFingerprint.Compute(path);
        Hold = refusal(this);
        if (Hold is { } hold)
        {
            throw new TelecomException(hold.Code, hold.Reason);
        }

        checkNames(Manifest);
        var preflight = PluginPreflight.Check(path, Manifest, SharedAssemblies.Host.With(contracts.Known(Manifest.SharedAssemblies)));
        warnings.AddRange(preflight.Warnings);
        CheckBase(Manifest, options.Base);
        reached(PluginState.Verified);
        reached(PluginState.Loading);
        return LoadCopy(preflight, contracts, Path.Combine(options.StateDirectory, "plugins", Manifest.Id));
    }

    public PluginRecord Record(PluginState state, DateTimeOffset now, TelecomException? failure = null) => new()
    {
        Id = Manifest?.Id ?? Path.GetFileName(path),
        Version = Manifest?.Version,
        State = state,
        Error = failure?.Code,
        Reason = failure?.Message,
        Fingerprint = Fingerprint,
        Folder = path,
        Tasks = [.. Manifest?.TaskIds ?? []],
        Datasets = [.. Manifest?.DatasetIds ?? []],
        Warnings = warnings,
        SinceUtc = now,
    };

    private LoadedPlugin LoadCopy(PreflightResult preflight, ContractContext contracts, string root)
    {
        var copy = ShadowCopy.TryCreate(path, root, Fingerprint!) ?? throw new TelecomException(
            ErrorCode.PluginUnavailable,
            $"'{path}' changed while it was being loaded. Load it again once copying has ended.");
        try
        {
            return LoadedPlugin.Load(Manifest!, preflight, copy, contracts);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static void CheckBase(PluginManifest manifest, PluginHostBase? host)
    {
        if (manifest.RequiredBase is not { } wanted || host is null)
        {
            return;
        }

        var isOldEnough = wanted.MinVersion is null || Release(host.Version) >= Release(wanted.MinVersion);
        if (wanted.Family != host.Family || wanted.Hidden != host.Hidden || !isOldEnough)
        {
            throw new TelecomException(
                ErrorCode.BaseIncompatible,
                $"The plugin needs the base {Name(wanted.Family, wanted.Hidden)}{AtLeast(wanted)}, but this host runs " +
                $"{Name(host.Family, host.Hidden)}, version {host.Version}. Start the host with a base that fits.");
        }
    }

    private static string Name(string family, int hidden) => string.Create(CultureInfo.InvariantCulture, $"{family} of hidden size {hidden}");

    private static string AtLeast(ManifestBase wanted) => wanted.MinVersion is null ? string.Empty : $", version {wanted.MinVersion} or later";

    private static Version Release(string semanticVersion) => Version.Parse(semanticVersion.Split('-', '+')[0]);
}
