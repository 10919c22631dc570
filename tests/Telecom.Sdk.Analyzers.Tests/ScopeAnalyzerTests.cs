namespace Telecom.Sdk.Analyzers.Tests;

public sealed class ScopeAnalyzerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("using var scope = torch.NewDisposeScope(); await Task.Yield();")]
    [InlineData("using var scope = torch.no_grad(); await Task.Yield();")]
    [InlineData("using var scope = torch.inference_mode(); await Task.Yield();")]
    [InlineData("using (torch.NewDisposeScope()) { await Task.Yield(); }")]
    [InlineData("using (var scope = torch.NewDisposeScope()) await Task.Yield();")]
    [InlineData("using var scope = torch.NewDisposeScope(); if (scope is not null) { foreach (var i in new[] { 1 }) { await Task.Yield(); } }")]
    [InlineData("using var scope = torch.NewDisposeScope(); await foreach (var i in Numbers()) { }")]
    [InlineData("using var scope = torch.NewDisposeScope(); await using var other = new Closing();")]
    [InlineData("using var scope = torch.NewDisposeScope(); await using (new Closing()) { }")]
    [InlineData("using TorchSharp.DisposeScope scope = torch.NewDisposeScope(); var x = 1 + await Task.FromResult(1);")]
    public async Task An_await_inside_a_scope_is_found(string body) => Assert.Equal(["TEL001"], await AnalyzeAsync(body));

    [Theory]
    [InlineData("using (torch.NewDisposeScope()) { } await Task.Yield();")]
    [InlineData("await Task.Yield(); using var scope = torch.NewDisposeScope();")]
    [InlineData("{ using var scope = torch.NewDisposeScope(); } await Task.Yield();")]
    [InlineData("using var scope = new System.IO.MemoryStream(); await Task.Yield();")]
    [InlineData("using var scope = torch.NewDisposeScope(); Func<Task> later = async () => await Task.Yield();")]
    [InlineData("using var scope = torch.NewDisposeScope(); async Task Later() => await Task.Yield();")]
    [InlineData("using (await Opened()) { }")]
    public async Task An_await_outside_of_scopes_is_fine(string body) => Assert.Empty(await AnalyzeAsync(body));

    [Fact]
    public async Task A_yield_inside_a_scope_is_found() => Assert.Equal(
        ["TEL001"],
        await Snippet.AnalyzeAsync("class C { IEnumerable<int> M() { using var scope = torch.NewDisposeScope(); yield return 1; } }", Token));

    [Fact]
    public async Task A_method_of_equal_name_elsewhere_opens_nothing() => Assert.Empty(await Snippet.AnalyzeAsync(
        "class C { IDisposable no_grad() => null; async Task M() { using var scope = no_grad(); await Task.Yield(); } }", Token));

    private static Task<IReadOnlyList<string>> AnalyzeAsync(string body) => Snippet.AnalyzeAsync(
        $$"""
        class Closing : IAsyncDisposable { public ValueTask DisposeAsync() => default; }
        class C
        {
            async IAsyncEnumerable<int> Numbers() { await Task.Yield(); yield return 1; }
            async Task<IDisposable> Opened() { await Task.Yield(); return null; }
            async Task M() { {{body}} }
        }
        """,
        Token);
}
