using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>Reads the numbers that shape a method; every number that is unknown or out of range is refused by name.</summary>
/// <param name="method">Name of the method, for messages.</param>
/// <param name="values">Numbers by name.</param>
internal sealed class MethodOptions(string method, IReadOnlyDictionary<string, double> values)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <returns>The whole number of that name, or the usual one.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: it is no whole number in the bounds.</exception>
    public int Integer(string name, int usual, int least, int most) => (int)Read(name, usual, least, most, whole: true);

    /// <returns>The number of that name, or the usual one.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: it is not in the bounds.</exception>
    public double Number(string name, double usual, double least, double most) => Read(name, usual, least, most, whole: false);

    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: there are numbers that nobody has read.</exception>
    public void RequireNoOthers()
    {
        if (values.Keys.FirstOrDefault(name => !read.Contains(name)) is { } unknown)
        {
            throw Invalid($"it has no option '{unknown}'{(read.Count == 0 ? "" : $"; known are {string.Join(", ", read)}")}");
        }
    }

    private double Read(string name, double usual, double least, double most, bool whole)
    {
        read.Add(name);
        var value = values.GetValueOrDefault(name, usual);
        return value >= least && value <= most && (!whole || value == Math.Floor(value)) ? value : throw Invalid(string.Create(
            CultureInfo.InvariantCulture, $"{name} is {value}, but must be {(whole ? "a whole number" : "a number")} from {least} to {most}"));
    }

    private TelecomException Invalid(string problem) => new(ErrorCode.InvalidInput, $"Adapter method '{method}': {problem}.");
}
