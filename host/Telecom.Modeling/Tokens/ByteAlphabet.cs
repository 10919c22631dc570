using System.Text;

namespace Telecom.Modeling.Tokens;

/// <summary>The printable character that byte-level vocabularies write for each byte: itself where it is visible, otherwise from U+0100 on.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();

    /// <returns>The UTF-8 bytes of a text in the alphabet.</returns>
    public static string Write(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(value => Characters[value]));

    private static char[] Build()
    {
        var (characters, hidden) = (new char[256], 0);
        for (var value = 0; value < characters.Length; value++)
        {
            var isVisible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = isVisible ? (char)value : (char)(256 + hidden++);
        }

        return characters;
    }
}
