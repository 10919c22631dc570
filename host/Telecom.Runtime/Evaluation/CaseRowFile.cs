using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Evaluation;

/// <summary>The CSV file of <c>--rows</c>: one row per method and case, RFC 4180, invariant culture, line feed.</summary>
internal sealed class CaseRowFile : IDisposable
{
    private readonly StreamWriter writer;

    // Where rows hold a field for the method; -1 where it goes in front.
    private readonly int methodIndex;

    private CaseRowFile(string path, IReadOnlyList<string> columns, string methodColumn)
    {
        writer = new StreamWriter(path) { NewLine = "\n" };
        methodIndex = columns.ToList().IndexOf(methodColumn);
        Write(methodIndex < 0 ? [methodColumn, .. columns] : columns);
    }

    /// <returns>The open file; null when no path was given.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: it cannot be written there.</exception>
    public static CaseRowFile? Open(string? path, IReadOnlyList<string> columns, string methodColumn)
    {
        try
        {
            return path is null ? null : new CaseRowFile(path, columns, methodColumn);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.InvalidInput, $"The rows cannot be written to '{path}': {exception.Message}", exception);
        }
    }

    /// <returns>What a benchmark calls once per case of <paramref name="method"/>.</returns>
    public Action<IReadOnlyList<string>> Writer(string method) => fields =>
        Write(methodIndex < 0 ? [method, .. fields] : [.. fields.Select((field, index) => index == methodIndex ? method : field)]);

    public void Dispose() => writer.Dispose();

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private void Write(IReadOnlyList<string> fields) => writer.WriteLine(string.Join(',', fields.Select(Quote)));
}
