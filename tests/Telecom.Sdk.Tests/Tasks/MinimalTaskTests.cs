using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Tasks;

public sealed class MinimalTaskTests
{
    [Fact]
    public void A_whole_plugin_stays_under_sixty_lines()
    {
        using var reader = new StreamReader(typeof(MinimalTask).Assembly.GetManifestResourceStream("MinimalTask.cs")!);
        var lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');

        Assert.Contains(lines, line => line.Contains($"class {nameof(MinimalTask)}", StringComparison.Ordinal));
        Assert.InRange(lines.Length, 1, 59);
    }

    [Fact]
    public void It_answers_its_own_example()
    {
        var task = new MinimalTask().Define();

        // (10 + 20 + 60) / 3 = 30
        Assert.Equal("""{"next_mbps":30}""", task.Answer(task.Example.ToJsonString()));
    }

    [Fact]
    public void It_names_the_wrong_member()
    {
        var task = new MinimalTask().Define();

        var exception = Assert.Throws<InvalidInputException>(() => task.Answer("""{"loads_mbps":[]}"""));

        Assert.Equal(new InputError("/loads_mbps", "must hold at least one load."), Assert.Single(exception.Errors));
    }

    [Fact]
    public void It_is_described_for_people_and_programs()
    {
        TaskDefinition task = new MinimalTask().Define();

        Assert.Equal("link-mean", task.Id);
        Assert.Equal("mean", task.DefaultMethod.Id);
        Assert.Null(task.FallbackMethod);
        Assert.Null(task.Benchmark);
        Assert.Equal("Mbit/s", (string?)task.RequestSchema["properties"]!["loads_mbps"]!["unit"]);
        Assert.Equal("request", Assert.Single(task.Tensors.Inputs).Name);
    }
}
