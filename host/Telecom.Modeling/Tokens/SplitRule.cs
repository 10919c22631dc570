using System.Text;
using System.Text.RegularExpressions;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Tokens;

/// <summary>Cuts text by a regular expression that came with a tokenizer: matches are pieces, and so is what lies between them unless it is dropped.</summary>
/// <remarks>
/// The expressions are written for code points. Each code point beyond the basic plane, two characters here, is therefore shown to the expression
/// as one stand-in of its class.
/// </remarks>
internal sealed class SplitRule
{
    // As the words of a text are cut by GPT-2 (Radford et al. 2019).
    public const string Gpt2 = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const char Letter = '\u01BB';
    private const char Number = '\u09F4';
    private const char Other = '\uE000';
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);
    private readonly Regex expression;
    private readonly bool dropsRest;

    /// <param name="pattern">The expression.</param>
    /// <param name="dropsRest">Whether text between matches disappears.</param>
    /// <exception cref="ArgumentException">It is not a regular expression.</exception>
    public SplitRule(string pattern, bool dropsRest)
    {
        this.dropsRest = dropsRest;
        expression = new Regex(pattern, RegexOptions.CultureInvariant, Limit);
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: a match took longer than 100 ms.</exception>
    public IEnumerable<string> Split(string text)
    {
        var (shown, starts) = OneCharacterPerCodePoint(text);
        var (pieces, end) = (new List<string>(), 0);
        try
        {
            for (var match = expression.Match(shown); match.Success; match = match.NextMatch())
            {
                Add(end, match.Index, isMatch: false);
                Add(match.Index, match.Index + match.Length, isMatch: true);
                end = match.Index + match.Length;
            }
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new TelecomException(
                ErrorCode.Unprocessable, $"Cutting the text with '{expression}' took longer than {Limit.TotalMilliseconds} ms; send tokens.", exception);
        }

        Add(end, shown.Length, isMatch: false);
        return pieces;

        void Add(int from, int to, bool isMatch)
        {
            if (from < to && (isMatch || !dropsRest))
            {
                pieces.Add(text[starts[from]..starts[to]]);
            }
        }
    }

    private static (string Shown, int[] Starts) OneCharacterPerCodePoint(string text)
    {
        var shown = new StringBuilder(text.Length);
        var starts = new List<int>(text.Length + 1);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            starts.Add(at);
            at += rune.Utf16SequenceLength;
            shown.Append(rune.IsBmp ? (char)rune.Value : Rune.IsLetter(rune) ? Letter : Rune.IsNumber(rune) ? Number : Other);
        }

        starts.Add(at);
        return (shown.ToString(), [.. starts]);
    }
}
