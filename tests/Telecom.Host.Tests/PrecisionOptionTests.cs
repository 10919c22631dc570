using Telecom.Host.Tests.Fakes;
using Telecom.Modeling.Bases;

namespace Telecom.Host.Tests;

public sealed class PrecisionOptionTests
{
    [Theory]
    [InlineData(null, BasePrecision.Float32)]
    [InlineData("fp32", BasePrecision.Float32)]
    [InlineData("bf16", BasePrecision.BFloat16)]
    [InlineData("auto", BasePrecision.Auto)]
    public async Task Runtime_starts_with_the_precision_that_was_asked_for(string? given, BasePrecision expected)
    {
        var run = await CommandRun.OfAsync(new(), given is null ? ["tasks"] : ["tasks", "--precision", given]);

        Assert.Equal((0, expected), (run.ExitCode, run.Options!.Precision));
    }

    [Fact]
    public async Task Half_precision_that_is_slower_than_both_is_no_choice() =>
        Assert.Equal(2, (await CommandRun.OfAsync(new(), "tasks", "--precision", "fp16")).ExitCode);
}
