using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Telecom.Runtime.Evaluation;

namespace Telecom.Host.Documents;

/// <summary>
/// The report of <c>evaluate --output json</c>. Its members are promised to scripts; figures that are no numbers are left out and noted.
/// </summary>
internal sealed record EvaluationDocument
{
    public required string Task { get; init; }

    public required string Data { get; init; }

    public required string Split { get; init; }

    public required int Cases { get; init; }

    public required JsonObject Settings { get; init; }

    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>Null, and absent from the JSON, for tasks without groups.</summary>
    public IReadOnlyList<GroupReport>? Groups { get; init; }

    /// <summary>Null, and absent from the JSON, when there is nothing to remark.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    public static EvaluationDocument Of(EvaluationReport report)
    {
        var notes = report.Notes.ToList();
        var methods = report.Methods
            .Select(row => row with
            {
                Metrics = row.Metrics is null ? null : Finite(row.Metrics, row.Method, notes),
                MicrosecondsPerCase = row.MicrosecondsPerCase is { } time && double.IsFinite(time) ? time : null,
            })
            .ToList();
        var groups = report.Groups
            .Select(group => group with
            {
                Methods = [.. group.Methods.Select(row => row with { Metrics = Finite(row.Metrics, $"{row.Method} on {group.Name}", notes) })],
            })
            .ToList();
        return new()
        {
            Task = report.Task,
            Data = report.Data,
            Split = report.Split,
            Cases = report.Cases,
            Settings = new(report.Settings.Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value)))),
            Methods = methods,
            Groups = groups.Count == 0 ? null : groups,
            Notes = notes.Count == 0 ? null : notes,
        };
    }

    private static Dictionary<string, double> Finite(IReadOnlyDictionary<string, double> metrics, string where, List<string> notes)
    {
        var finite = new Dictionary<string, double>();
        foreach (var (name, value) in metrics)
        {
            if (double.IsFinite(value))
            {
                finite.Add(name, value);
            }
            else
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"{where}: {name} is {value} and left out."));
            }
        }

        return finite;
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        float number when float.IsFinite(number) => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Node)]),
        IFormattable other => JsonValue.Create(other.ToString(null, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.ToString()),
    };
}
