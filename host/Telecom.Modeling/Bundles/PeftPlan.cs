using System.Globalization;
using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>Which linear layers of a base a PEFT configuration means, and with which rank and scale (adapters.md 4.10).</summary>
internal sealed class PeftPlan
{
    private const string AllLinear = "all-linear";
    private static readonly string[] Unadaptable = ["model.embed_tokens", "lm_head"];
    private readonly PeftConfiguration configuration;
    private readonly string place;
    private readonly Func<string, bool> isTarget;
    private readonly Func<string, bool> isExcluded;
    private readonly Func<string, bool> isInLayer;
    private readonly (FilePattern Key, int Value)[] ranks;
    private readonly (FilePattern Key, double Value)[] alphas;

    /// <param name="configuration">Of the adapter.</param>
    /// <param name="place">File it came from, for messages.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: a pattern or layer list is malformed.</exception>
    public PeftPlan(PeftConfiguration configuration, string place)
    {
        this.configuration = configuration;
        this.place = place;
        isTarget = configuration.Targets.Pattern == AllLinear
            ? path => LinearTargets.Names.Any(name => EndsWith(path, name))
            : Matcher(configuration.Targets, "target_modules");
        isExcluded = configuration.Exclude is { IsEmpty: false } exclude ? Matcher(exclude, "exclude_modules") : _ => false;
        isInLayer = LayerFilter();
        ranks = [.. (configuration.RankPattern ?? []).Select(pair => (Key(pair.Key, "rank_pattern"), pair.Value))];
        alphas = [.. (configuration.AlphaPattern ?? []).Select(pair => (Key(pair.Key, "alpha_pattern"), pair.Value))];
    }

    /// <returns>The adapted layers in the order of the base.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.BundleInvalid"/>: the configuration means no layer of the base, or one that cannot be adapted.
    /// </exception>
    public IReadOnlyList<(int Layer, string Target, LinearSettings Settings)> Resolve(BaseConfiguration shape)
    {
        if (shape.VocabularySize > 0 && Array.Find(Unadaptable, IsMeant) is { } unadaptable)
        {
            throw Invalid(
                $"target_modules means '{unadaptable}', which cannot be adapted here; adapters can target {string.Join(", ", LinearTargets.Names)}");
        }

        var resolved = Enumerable.Range(0, shape.LayerCount)
            .SelectMany(layer => LinearTargets.Names.Order(StringComparer.Ordinal).Select(target => (Layer: layer, Target: target)))
            .Where(linear => IsMeant(LinearTargets.Path(linear.Layer, linear.Target)))
            .Select(linear => (linear.Layer, linear.Target, Settings(LinearTargets.Path(linear.Layer, linear.Target))))
            .ToArray();
        return resolved.Length > 0
            ? resolved
            : throw Invalid($"target_modules means no linear layer of the base; adapters can target {string.Join(", ", LinearTargets.Names)}");
    }

    /// <returns>Rank and scale of one layer, patterns applied.</returns>
    internal LinearSettings Settings(string path) => new()
    {
        Rank = First(ranks, path) ?? configuration.Rank,
        Alpha = First(alphas, path) ?? configuration.Alpha!.Value,
        Dropout = configuration.Dropout,
        RankStabilized = configuration.UseRsLora,
    };

    /// <returns>Whether the configuration means the module at <paramref name="path"/>.</returns>
    internal bool IsMeant(string path) => isTarget(path) && !isExcluded(path) && isInLayer(path);

    private static bool EndsWith(string path, string name) =>
        path == name || (path.EndsWith(name, StringComparison.Ordinal) && path[^(name.Length + 1)] == '.');

    private static T? First<T>((FilePattern Key, T Value)[] patterns, string path)
        where T : struct
    {
        foreach (var (key, value) in patterns)
        {
            if (key.Matches(path))
            {
                return value;
            }
        }

        return null;
    }

    private FilePattern Key(string key, string member) => new(key, @"(?:.*\.)?", $"{place}: {member}");

    private Func<string, bool> Matcher(PeftModules modules, string member)
    {
        if (modules.Names is { } names)
        {
            return path => names.Any(name => EndsWith(path, name));
        }

        var pattern = new FilePattern(modules.Pattern!, "", $"{place}: {member}");
        return pattern.Matches;
    }

    private Func<string, bool> LayerFilter()
    {
        var layers = Layers();
        if (layers.Count == 0)
        {
            return _ => true;
        }

        if (configuration.Targets.Names is null)
        {
            throw Invalid("layers_to_transform needs a list of target_modules, not an expression");
        }

        if (configuration.LayersPattern is not { IsEmpty: false } lists)
        {
            return path => path.Split('.').FirstOrDefault(IsNumber) is { } number && layers.Contains(number);
        }

        // An index belongs to a list when it follows the list's name: "layers" finds the 3 of model.layers.3.mlp.up_proj.
        var names = lists.Names ?? [lists.Pattern!];
        return path =>
        {
            var segments = path.Split('.');
            return Enumerable.Range(1, segments.Length - 1).Any(i => names.Contains(segments[i - 1]) && layers.Contains(segments[i]));
        };
    }

    private HashSet<string> Layers()
    {
        var element = configuration.Layers;
        var numbers = element switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.Number } number => [number],
            { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().ToArray(),
            _ => throw Invalid("layers_to_transform must be an index or an array of indices"),
        };
        return [.. numbers.Select(number => number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var index) && index >= 0
            ? index.ToString(CultureInfo.InvariantCulture)
            : throw Invalid("layers_to_transform must hold indices only"))];
    }

    private static bool IsNumber(string segment) => segment.Length > 0 && segment.All(char.IsAsciiDigit);

    private TelecomException Invalid(string problem) => new(ErrorCode.BundleInvalid, $"{place}: {problem}.");
}
