using System.Text.RegularExpressions;

namespace Telecom.Architecture.Tests;

/// <summary>Rules about words in the sources.</summary>
public sealed partial class SourceRuleTests
{
    private const string Domains = "sdk/Telecom.Sdk/Domains/";

    [Fact]
    public void Host_and_sdk_name_no_task() =>
        AssertNone(Repository.Sources("host", "sdk").Where(source => !source.Path.StartsWith(Domains, StringComparison.Ordinal)), TaskWords());

    [Fact]
    public void Clock_and_sleep_go_through_time_providers() => AssertNone(Product(), Clock());

    [Fact]
    public void Randomness_is_seeded() => AssertNone(Product(), UnseededRandom());

    [Fact]
    public void Json_is_that_of_the_framework() => AssertNone(Product(), ForeignJson());

    [Theory]
    [InlineData("var ViewportTask = 1;", true)]
    [InlineData("case \"abr\":", true)]
    [InlineData("new AbrSession()", true)]
    [InlineData("GeoSatelliteLink", true)]
    [InlineData("link-load", true)]
    [InlineData("abrupt changes; a fabric; report views", false)]
    public void The_pattern_of_task_words_finds_words_and_type_names(string line, bool expected) =>
        Assert.Equal(expected, TaskWords().IsMatch(line));

    [Theory]
    [InlineData("var r = new Random();", true)]
    [InlineData("Random r = new();", true)]
    [InlineData("Random.Shared.Next()", true)]
    [InlineData("var r = new Random(seed);", false)]
    public void The_pattern_of_randomness_finds_what_has_no_seed(string line, bool expected) =>
        Assert.Equal(expected, UnseededRandom().IsMatch(line));

    private static IEnumerable<(string Path, string[] Lines)> Product() => Repository.Sources("host", "sdk", "plugins", "datasets");

    private static void AssertNone(IEnumerable<(string Path, string[] Lines)> sources, Regex pattern)
    {
        var all = sources.ToList();
        var hits =
            from source in all
            from line in source.Lines.Select((text, index) => (Text: text, Number: index + 1))
            where pattern.IsMatch(line.Text)
            select FormattableString.Invariant($"{source.Path}:{line.Number}: {line.Text.Trim()}");

        Assert.NotEmpty(all);
        Assert.Empty(hits);
    }

    // The short ids are parts of ordinary words, so they count alone or as the beginning of a type name.
    [GeneratedRegex(@"(?i:viewport|link-?load|satellite)|\b(?i:abr|cjs|ofdm)\b|\b(Abr|Cjs|Ofdm)(?=[A-Z])")]
    private static partial Regex TaskWords();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bThread\.Sleep\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bnew Random\(\)|\bRandom \w+ = new\(\)|\bRandom\.Shared\b")]
    private static partial Regex UnseededRandom();

    [GeneratedRegex(@"\bNewtonsoft\b|\bBinaryFormatter\b")]
    private static partial Regex ForeignJson();
}
