using Telecom.Modeling.Bundles;
using Telecom.Runtime.Models;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Evaluation;

/// <summary>Chooses which methods an evaluation scores, and with which bundle and base each.</summary>
internal sealed class CandidateFinder(RuntimeServices services, TaskDefinition task, string pluginFolder)
{
    private const string BaseSetting = "base";
    private const string BundleSetting = "bundle";
    private const string All = "all";
    private const string Ablation = "ablation";

    /// <returns>The settings that are the benchmark's own.</returns>
    public static IEnumerable<KeyValuePair<string, string>> BenchmarkSettings(EvaluationRequest request) =>
        request.Settings.Where(pair => pair.Key is not (BaseSetting or BundleSetting));

    /// <returns>The bounds that a request wants: those it names, or all where it names nothing.</returns>
    public static IEnumerable<string> Bounds(EvaluationRequest request, IReadOnlyList<string> bounds) =>
        bounds.Where(bound => request.Methods.Contains(bound) || request.Methods.All(name => name is All or Ablation));

    /// <param name="request">What the user asked for.</param>
    /// <param name="bounds">Names that are no methods but bounds of the benchmark.</param>
    /// <exception cref="TelecomException">A method, base or bundle that the user named is wrong.</exception>
    public async Task<IReadOnlyList<Candidate>> FindAsync(EvaluationRequest request, IReadOnlyList<string> bounds)
    {
        var isAll = request.Methods.All(name => name is All or Ablation);
        var names = request.Methods.Where(name => name is not (All or Ablation) && !bounds.Contains(name));
        var candidates = new List<Candidate>();
        foreach (var method in isAll ? task.Methods : names.Select(task.Method))
        {
            candidates.Add(await LocateAsync(method, request).ConfigureAwait(false));
        }

        if (request.Methods.Contains(Ablation))
        {
            candidates.AddRange(task.Methods.Where(method => method.Kind == MethodKind.Adapted).SelectMany(Ablations));
        }

        return candidates;
    }

    private static BundleCardOrNot Inspect(string folder)
    {
        try
        {
            var card = Bundle.Open(folder).Card;
            return new(folder, card.Base, card.BaseFingerprint, IsReadable: true);
        }
        catch (TelecomException)
        {
            // The row itself says what is wrong when it tries to load the bundle.
            return new(folder, Path.GetFileName(folder), null, IsReadable: false);
        }
    }

    private IEnumerable<Candidate> Ablations(MethodDescriptor method) =>
        BundleCatalog.Ablations(pluginFolder, method.Id).Select(Inspect)
            .Select(bundle => new Candidate($"{method.Id}[base={bundle.Base}]", method, bundle.Folder, bundle.Base));

    // An explicit bundle wins; an explicit base finds the bundle that was trained on it.
    private async Task<Candidate> LocateAsync(MethodDescriptor method, EvaluationRequest request)
    {
        var baseName = request.Settings.GetValueOrDefault(BaseSetting);
        var candidate = new Candidate(method.Id, method, null, baseName ?? services.Options.Base);
        if (Explicit(method, request) is { } named)
        {
            return candidate with { Folder = named };
        }

        var current = services.Bundles.Current(task.Id, pluginFolder, method.Id)?.Folder;
        if (baseName is null || method.Kind != MethodKind.Adapted)
        {
            return candidate with { Folder = current };
        }

        var fingerprint = (await services.Bases.GetAsync(baseName).ConfigureAwait(false)).Fingerprint;
        IEnumerable<string> folders = current is null ? [] : [current];
        var fitting = folders.Concat(BundleCatalog.Ablations(pluginFolder, method.Id)).Select(Inspect)
            .FirstOrDefault(bundle => bundle is { IsReadable: true } && bundle.BaseFingerprint == fingerprint);
        return candidate with { Folder = fitting?.Folder };
    }

    private string? Explicit(MethodDescriptor method, EvaluationRequest request)
    {
        var folders = request.Settings.TryGetValue(BundleSetting, out var named) ? [named] : services.Options.Bundles;
        return folders.FirstOrDefault(folder => Bundle.Open(folder).Card is var card && card.Task == task.Id && card.Method == method.Id);
    }

    private sealed record BundleCardOrNot(string Folder, string Base, string? BaseFingerprint, bool IsReadable);
}
