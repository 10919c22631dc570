namespace Telecom.Sdk.Analyzers.Tests;

public sealed class ScalarAnalyzerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("var y = x.mul(2.0);")]
    [InlineData("var y = x.pow(2);")]
    [InlineData("x.fill_(1f);")]
    [InlineData("var y = torch.full_like(x, 1);")]
    [InlineData("var y = x.clamp_min(0.5);")]
    [InlineData("var y = x.mul((Scalar)2);")]
    [InlineData("var y = x.mul(2.ToScalar());")]
    [InlineData("Scalar s = 2; var y = x.mul(s);")]
    [InlineData("var s = 2.0.ToScalar();")]
    [InlineData("var y = x > 0;")]
    public async Task A_number_that_nothing_keeps_is_found(string body) => Assert.Equal(["TEL005"], await AnalyzeAsync(body));

    [Theory]
    [InlineData("var y = x * 2;")]
    [InlineData("var y = 2.0 * x;")]
    [InlineData("var y = x / 3f;")]
    [InlineData("var y = x - 1L;")]
    [InlineData("var y = 1 - x;")]
    [InlineData("var y = x % 2;")]
    [InlineData("x *= 2;")]
    [InlineData("x += 2;")]
    public async Task An_operator_with_a_number_is_found(string body) => Assert.Equal(["TEL005"], await AnalyzeAsync(body));

    // The factor of a sum, which nobody wrote, is a number too.
    [Theory]
    [InlineData("var y = x.add(x);")]
    [InlineData("x.add_(x);")]
    [InlineData("var y = torch.add(x, x);")]
    [InlineData("var y = x + x;")]
    [InlineData("x += x;")]
    [InlineData("var y = x.add(1);")]
    [InlineData("var y = x.add(Kept);")]
    [InlineData("var y = x + Kept;")]
    [InlineData("var y = x.square();")]
    [InlineData("var y = x.addcdiv(x, x);")]
    [InlineData("var y = torch.arange(5);")]
    [InlineData("var y = torch.nn.functional.leaky_relu(x, 0.1);")]
    public async Task A_hidden_number_is_found(string body) => Assert.Equal(["TEL005"], await AnalyzeAsync(body));

    [Theory]
    [InlineData("using Scalar s = 2; var y = x.mul(s);")]
    [InlineData("using (Scalar s = 2) { x.mul_(s); }")]
    [InlineData("using var s = 2.0.ToScalar(); var y = x.mul(s);")]
    [InlineData("var y = x.mul(Kept);")]
    [InlineData("var y = x * Kept;")]
    [InlineData("var y = x.add(x, Kept);")]
    [InlineData("var y = x.leaky_relu(Kept);")]
    [InlineData("var y = x.sub(x);")]
    [InlineData("var y = x - x;")]
    [InlineData("var y = x * x;")]
    [InlineData("var y = -x;")]
    [InlineData("var y = x.mean(new long[] { 1 });")]
    [InlineData("var y = torch.zeros(3, 4);")]
    [InlineData("var y = 1 + 2;")]
    public async Task Kept_numbers_and_none_are_fine(string body) => Assert.Empty(await AnalyzeAsync(body));

    [Fact]
    public async Task The_message_names_the_helper()
    {
        var messages = await Snippet.MessagesAsync(Code("var y = x.mul(2.0); var z = x + x;"), Token);

        Assert.Equal(2, messages.Count);
        Assert.Contains("'KeptScalars.Times' of Telecom.Sdk.Tensors", messages[0], StringComparison.Ordinal);
        Assert.Contains("'KeptScalars.Plus' of Telecom.Sdk.Tensors", messages[1], StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> AnalyzeAsync(string body) => Snippet.AnalyzeAsync(Code(body), Token);

    private static string Code(string body) =>
        $$"""class C { static readonly Scalar Kept = 1L; Scalar Own { get; } = 2.0; void M(torch.Tensor x) { {{body}} } }""";
}
