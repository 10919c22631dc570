namespace Telecom.Sdk.Testing.Tests;

/// <summary>Sets variables of the process, so nothing runs beside it.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GoldenFileTests : IDisposable
{
    private const string Name = "golden files";
    private const string BuildServer = "CI";

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("telecom-golden-");
    private readonly string? before = Environment.GetEnvironmentVariable(BuildServer);

    public GoldenFileTests() => Environment.SetEnvironmentVariable(BuildServer, null);

    private string File => Path.Combine(root.FullName, "answers", "one.json");

    [Fact]
    public void An_update_writes_what_is_compared_afterwards()
    {
        Update(() => GoldenFile.AssertJson(File, """{"b":[1,2.5],"a":"häß"}"""));

        Assert.Equal("{\n  \"b\": [\n    1,\n    2.5\n  ],\n  \"a\": \"häß\"\n}\n", System.IO.File.ReadAllText(File));
        GoldenFile.AssertJson(File, """{"a":"häß","b":[1.0,2.5]}""");
        GoldenFile.AssertJson(File, """{"a":"häß","b":[1,2.5001]}""", tolerance: 1e-4);
        var failure = Assert.Throws<PluginTestException>(() => GoldenFile.AssertJson(File, """{"a":"häß","b":[1,2.6]}""", tolerance: 1e-4));
        Assert.Contains("/b/1 is 2.6 instead of 2.5", failure.What, StringComparison.Ordinal);
        Assert.Contains(GoldenFile.UpdateVariable, failure.Remedy, StringComparison.Ordinal);
        Assert.Equal(File, failure.Where);
    }

    [Fact]
    public void A_build_server_never_updates()
    {
        Environment.SetEnvironmentVariable(BuildServer, "true");

        var failure = Assert.Throws<PluginTestException>(() => Update(() => GoldenFile.AssertJson(File, "1")));

        Assert.Contains("build server", failure.What, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_file_that_is_not_there_is_not_made_up()
    {
        var failure = Assert.Throws<PluginTestException>(() => GoldenFile.AssertText(File, "text"));

        Assert.Contains("no golden file", failure.What, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Text_is_compared_by_lines_however_they_end()
    {
        Update(() => GoldenFile.AssertText(File, "one\r\ntwo\n"));

        GoldenFile.AssertText(File, "one\ntwo\r\n");
        var failure = Assert.Throws<PluginTestException>(() => GoldenFile.AssertText(File, "one\nzwei\n"));
        Assert.Contains("Line 2 is 'zwei' instead of 'two'", failure.What, StringComparison.Ordinal);
        Assert.Throws<PluginTestException>(() => GoldenFile.AssertText(File, "one\n"));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(BuildServer, before);
        root.Delete(recursive: true);
    }

    private static void Update(Action check)
    {
        Environment.SetEnvironmentVariable(GoldenFile.UpdateVariable, "1");
        try
        {
            check();
        }
        finally
        {
            Environment.SetEnvironmentVariable(GoldenFile.UpdateVariable, null);
        }
    }
}
