using System.Globalization;
using System.Text.Json;
using Telecom.Sdk.Errors;

namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>
/// A <c>splits.json</c>. Datasets stand at the top or below the levels <c>subset</c> and <c>official</c>; a dataset lists its splits first
/// (<c>{"test":{"videos":[…],"users":[…]}}</c>) or its axes first (<c>{"videos":{"test":[…]},"users":{"test":[…]}}</c>).
/// </summary>
internal sealed class SplitFile : IDisposable
{
    private const string Subset = "subset";
    private const string Official = "official";
    private const string Videos = "videos";
    private const string Users = "users";

    private readonly string path;
    private readonly JsonDocument document;

    private SplitFile(string path, JsonDocument document)
    {
        this.path = path;
        this.document = document;
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: not a JSON object.</exception>
    public static async ValueTask<SplitFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                var document = await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    return new(path, document);
                }

                document.Dispose();
                throw Rejected(path, "must hold a JSON object of datasets");
            }
            catch (JsonException exception)
            {
                throw Rejected(
                    string.Create(CultureInfo.InvariantCulture, $"{path}:{(exception.LineNumber ?? 0) + 1}"), "is not valid JSON", exception);
            }
        }
    }

    public void Dispose() => document.Dispose();

    /// <summary>The split of a dataset.</summary>
    /// <param name="dataset">Name of the dataset's folder.</param>
    /// <param name="split">Name of the split.</param>
    /// <param name="level"><c>auto</c>, <c>subset</c> or <c>official</c>.</param>
    /// <returns>The split, or null when the file says nothing at the level <c>official</c>, which is then known without it.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> naming what the file lacks.</exception>
    public TraceSplit? Find(string dataset, string split, string level)
    {
        if (Dataset(dataset, level) is not { } node)
        {
            var where = level is Subset or Official ? $" at level '{level}'" : string.Empty;
            return level == Official && !document.RootElement.TryGetProperty(Official, out _)
                ? null
                : throw Rejected(path, $"lists no splits of {dataset}{where}; it has {Names(Datasets())}");
        }

        var (videos, users) = IsAxisFirst(node)
            ? (Member(Member(node, Videos), split), Member(Member(node, Users), split))
            : (Member(Member(node, split), Videos), Member(Member(node, split), Users));
        return videos is { } listedVideos && users is { } listedUsers
            ? new(Ids(listedVideos, dataset, split, Videos), Ids(listedUsers, dataset, split, Users))
            : throw Rejected(path, $"has no split '{split}' of {dataset}; it has {Names(SplitsOf(node))}");
    }

    /// <returns>Datasets at any level.</returns>
    public IEnumerable<string> Datasets() =>
        new[] { Member(document.RootElement, Subset), Member(document.RootElement, Official), document.RootElement }
            .OfType<JsonElement>()
            .SelectMany(level => level.EnumerateObject())
            .Where(member => member.Value.ValueKind == JsonValueKind.Object && member.Name is not (Subset or Official))
            .Select(member => member.Name)
            .Distinct(StringComparer.Ordinal);

    private static bool IsAxisFirst(JsonElement node) => node.TryGetProperty(Videos, out _) || node.TryGetProperty(Users, out _);

    private static IEnumerable<string> SplitsOf(JsonElement node) =>
        (IsAxisFirst(node) ? Member(node, Videos) : node) is { ValueKind: JsonValueKind.Object } splits
            ? splits.EnumerateObject().Select(member => member.Name)
            : [];

    private static JsonElement? Member(JsonElement? node, string name) =>
        node is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var member) ? member : null;

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } list ? list : "none";

    private static TelecomException Rejected(string where, string what, Exception? cause = null) =>
        new(ErrorCode.DataRejected, $"{where} {what}. Correct the file, or remove it to use the published splits.", cause);

    private JsonElement? Dataset(string dataset, string level)
    {
        var root = document.RootElement;
        var places = level switch
        {
            Subset => root.TryGetProperty(Subset, out _) ? [Member(root, Subset)] : [root],
            Official => [Member(root, Official)],
            _ => new JsonElement?[] { Member(root, Subset), root, Member(root, Official) },
        };
        return places.Select(place => Member(place, dataset)).FirstOrDefault(node => node is { ValueKind: JsonValueKind.Object });
    }

    private int[] Ids(JsonElement list, string dataset, string split, string axis)
    {
        var where = $"{path}: {axis} of split '{split}' of {dataset}";
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw Rejected(where, "must be an array of numbers");
        }

        var ids = new List<int>();
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out var id) || id < 0)
            {
                throw Rejected(where, $"must be whole numbers of 0 or above, but hold {element.GetRawText()}");
            }

            ids.Add(id);
        }

        return ids.Distinct().Count() == ids.Count ? [.. ids] : throw Rejected(where, "list a number twice");
    }
}
