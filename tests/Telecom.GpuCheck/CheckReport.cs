using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telecom.GpuCheck;

/// <summary>What was found on one device.</summary>
internal sealed record CheckReport
{
    public required string Device { get; init; }

    public required string DeviceName { get; init; }

    public required long? DeviceMemoryBytes { get; init; }

    /// <summary>Version that the files beside libtorch state; null where they state none.</summary>
    public required string? LibTorchVersion { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int Passed { get; init; }

    public required int Failed { get; init; }

    public required int NotRun { get; init; }

    public required IReadOnlyList<CheckRow> Rows { get; init; }

    /// <summary>Writes <c>report.json</c>.</summary>
    /// <returns>Its path.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "report.json");
        File.WriteAllText(path, JsonSerializer.Serialize(this, CheckReportJson.Default.CheckReport) + "\n");
        return path;
    }

    /// <returns>The table for people.</returns>
    public IEnumerable<string> Lines()
    {
        yield return $"{"check",-10}{"status",-10}{"value",14}{"limit",12}  case";
        foreach (var row in Rows)
        {
            var note = row.Note is null ? "" : $" ({row.Note})";
            yield return $"{row.Check,-10}{row.Status,-10}{Show(row.Value),14}{Show(row.Limit),12}  {row.Case}{(row.Unit is null ? "" : $" [{row.Unit}]")}{note}";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{DeviceName}: {Passed} passed, {Failed} failed, {NotRun} not run");
    }

    private static string Show(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";
}

/// <summary>JSON metadata of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckReportJson : JsonSerializerContext;
