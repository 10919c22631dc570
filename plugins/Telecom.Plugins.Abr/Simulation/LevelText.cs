namespace Telecom.Plugins.Abr.Simulation;

/// <summary>Levels as text, one character each: 0 to 9, then a to z, then <c>+</c>.</summary>
internal static class LevelText
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static string Of(IReadOnlyList<int> levels) =>
        string.Create(levels.Count, levels, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = source[i] < Digits.Length ? Digits[source[i]] : '+';
            }
        });
}
