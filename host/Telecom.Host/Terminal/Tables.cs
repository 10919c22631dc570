using System.Globalization;
using Spectre.Console;

namespace Telecom.Host.Terminal;

/// <summary>Tables of one look, so that all verbs print alike.</summary>
internal static class Tables
{
    /// <returns>An empty table.</returns>
    public static Table Create(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        return table;
    }

    /// <summary>Adds a row of plain text; nothing in it is read as mark-up.</summary>
    public static void Add(this Table table, params ReadOnlySpan<string?> cells)
    {
        var row = new Text[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            row[i] = new(cells[i] ?? string.Empty);
        }

        table.AddRow(row);
    }

    /// <returns>A figure with four significant digits.</returns>
    public static string Figure(double value) => value.ToString(Digits(value), CultureInfo.InvariantCulture);

    private static string Digits(double value) => Math.Abs(value) switch
    {
        >= 1e5 or (< 1e-3 and > 0) => "0.###e0",
        >= 1000 => "0",
        >= 100 => "0.0",
        >= 10 => "0.00",
        _ => "0.000",
    };
}
