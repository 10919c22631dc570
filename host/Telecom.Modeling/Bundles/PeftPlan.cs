using System.Globalization;
using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>Which linear layers of a base a PEFT configuration means, and with which rank and scale (adapters.md 4.10).</summary>
internal sealed class PeftPlan
{
    private const string AllLinear = "all-linear";
    private readonly PeftConfiguration configuration;
    private readonly string place;
    private readonly bool isAllLinear;
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
        isAllLinear = configuration.Targets.Pattern == AllLinear;
        isTarget = isAllLinear ? _ => false : Matcher(configuration.Targets, "target_modules");
        isExcluded = configuration.Exclude is { IsEmpty: false } exclude ? Matcher(exclude, "exclude_modules") : _ => false;
        isInLayer = LayerFilter();
        ranks = [.. (configuration.RankPattern ?? []).Select(pair => (Key(pair.Key, "rank_pattern"), pair.Value))];
        alphas = [.. (configuration.AlphaPattern ?? []).Select(pair => (Key(pair.Key, "alpha_pattern"), pair.Value))];
    }

    /// <returns>What the adapter changes on a base of this shape.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.BundleInvalid"/>: the configuration means nothing of the base, or something that cannot be adapted; all is named.
    /// </exception>
    public PeftTargets Resolve(BaseConfiguration shape)
    {
        var all = Enumerable.Range(0, shape.LayerCount)
            .SelectMany(layer => LinearTargets.Of(shape).Order(StringComparer.Ordinal).Select(target => (Layer: layer, Target: target)))
            .ToArray();
        var linears = all.Where(linear => IsTarget(PathOf(linear)))
            .Select(linear => (linear.Layer, linear.Target, Settings(PathOf(linear))))
            .ToArray();
        var replaced = all.Where(linear => IsSaved(PathOf(linear))).ToArray();
        var vocabulary = shape.VocabularySize > 0 ? Vocabulary(shape) : null;
        var problems = Problems(shape, [.. replaced.Select(PathOf)], vocabulary).ToArray();
        if (problems.Length > 0)
        {
            throw new BundleInvalidException(place, problems);
        }

        string[] norms = [.. Others(shape).Where(IsSaved)];
        return linears.Length + replaced.Length + norms.Length > 0 || vocabulary is not null
            ? new PeftTargets(linears, replaced, norms, vocabulary)
            : throw Invalid($"target_modules means no linear layer of the base; adapters can target {string.Join(", ", LinearTargets.Of(shape))}");
    }

    /// <returns>Rank and scale of one layer, patterns applied.</returns>
    internal LinearSettings Settings(string path) => new()
    {
        Rank = First(ranks, path) ?? configuration.Rank,
        Alpha = First(alphas, path) ?? configuration.Alpha!.Value,
        Dropout = configuration.Dropout,
        RankStabilized = configuration.UseRsLora,
        OutputBias = configuration.OutputBias,
    };

    /// <returns>Whether the configuration means the module at <paramref name="path"/>.</returns>
    internal bool IsMeant(string path) => isTarget(path) && !isExcluded(path) && isInLayer(path);

    // all-linear names no module: it means every linear layer but the head.
    private bool IsTarget(string path) => (isAllLinear || isTarget(path)) && !isExcluded(path) && isInLayer(path);

    private static string PathOf((int Layer, string Target) linear) => LinearTargets.Path(linear.Layer, linear.Target);

    // PEFT compares the bare end of the path here: "norm" means "input_layernorm" too.
    private bool IsSaved(string path) => configuration.ModulesToSave?.Names?.Any(name => path.EndsWith(name, StringComparison.Ordinal)) is true;

    private VocabularySettings? Vocabulary(BaseConfiguration shape)
    {
        var settings = VocabularySettings.Of(shape);
        settings = settings with
        {
            Embedding = IsMeant(settings.EmbeddingPath) ? Settings(settings.EmbeddingPath) : null,
            Head = IsMeant(settings.HeadPath) ? Settings(settings.HeadPath) : null,
            ReplacesEmbedding = IsSaved(settings.EmbeddingPath),
            ReplacesHead = IsSaved(settings.HeadPath),
        };
        return settings.IsEmpty ? null : settings;
    }

    private static IEnumerable<string> Modules(BaseConfiguration shape) =>
        BaseLayout.Tensors(shape).Select(tensor => tensor.Name[..tensor.Name.LastIndexOf('.')]).Distinct();

    // Modules that are neither linear layers nor tables of embeddings: norms.
    private static IEnumerable<string> Others(BaseConfiguration shape)
    {
        var linears = Enumerable.Range(0, shape.LayerCount).SelectMany(layer => LinearTargets.Of(shape).Select(name => LinearTargets.Path(layer, name)));
        var matrices = VocabularySettings.Of(shape);
        return Modules(shape).Except(linears).Except([matrices.EmbeddingPath, matrices.HeadPath, BaseLayout.ModuleOf(Gpt2Layout.Positions)]);
    }

    private IEnumerable<string> Problems(BaseConfiguration shape, IReadOnlyList<string> replaced, VocabularySettings? vocabulary)
    {
        var positions = BaseLayout.ModuleOf(Gpt2Layout.Positions);
        var isGpt2 = shape.Family == BaseFamily.Gpt2;
        if (isGpt2 && IsSaved(positions))
        {
            yield return $"modules_to_save means '{positions}', which cannot be replaced here; embedding, head, linear layers and norms can";
        }

        var modules = Modules(shape).Concat(shape.VocabularySize > 0 ? [VocabularySettings.Of(shape).HeadPath] : []).ToArray();
        foreach (var name in (configuration.ModulesToSave?.Names ?? []).Where(name => !modules.Any(path => path.EndsWith(name, StringComparison.Ordinal))))
        {
            yield return $"modules_to_save means '{CheckpointFormatException.Show(name)}', which the base does not have";
        }

        foreach (var both in replaced.Where(IsTarget).Concat(Twice(vocabulary)))
        {
            yield return $"target_modules and modules_to_save both mean '{both}'";
        }

        if (vocabulary is { Embedding: not null } or { Head: not null } && (configuration.UseDora || configuration.OutputBias))
        {
            yield return $"{(configuration.UseDora ? "use_dora" : "lora_bias")} is not supported at "
                + $"'{(vocabulary.Embedding is null ? vocabulary.HeadPath : vocabulary.EmbeddingPath)}'";
        }

        if (isGpt2 && IsMeant(positions))
        {
            yield return $"target_modules means '{positions}', which cannot be adapted here";
        }
    }

    private static IEnumerable<string> Twice(VocabularySettings? vocabulary)
    {
        if (vocabulary is { Embedding: not null, ReplacesEmbedding: true })
        {
            yield return vocabulary.EmbeddingPath;
        }

        if (vocabulary is { Head: not null, ReplacesHead: true })
        {
            yield return vocabulary.HeadPath;
        }
    }

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
