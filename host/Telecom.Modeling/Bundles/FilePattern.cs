using System.Text.RegularExpressions;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>A regular expression that came with a file: it must match a whole path, and may not keep the host busy.</summary>
internal sealed class FilePattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);
    private readonly string pattern;
    private readonly string place;
    private readonly Regex expression;

    /// <param name="pattern">The expression, in the syntax that Python and .NET share.</param>
    /// <param name="prefix">Trusted expression before it.</param>
    /// <param name="place">File and member it came from, for messages.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: it is not a regular expression.</exception>
    public FilePattern(string pattern, string prefix, string place)
    {
        this.pattern = pattern;
        this.place = place;
        var whole = $@"\A(?:{prefix}(?:{pattern}))\z";
        try
        {
            expression = Build(whole);
        }
        catch (ArgumentException exception)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{place}: '{pattern}' is not a regular expression: {exception.Message}", exception);
        }
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: the match took longer than 100 ms.</exception>
    public bool Matches(string path)
    {
        try
        {
            return expression.IsMatch(path);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"{place}: matching '{pattern}' took longer than {Limit.TotalMilliseconds} ms; name the modules instead.",
                exception);
        }
    }

    private static Regex Build(string whole)
    {
        try
        {
            return new Regex(whole, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);
        }
        catch (NotSupportedException)
        {
            // Look-arounds and back-references need the backtracking engine; the time limit stands guard.
            return new Regex(whole, RegexOptions.CultureInvariant, Limit);
        }
    }
}
