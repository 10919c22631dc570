using System.Globalization;
using System.Text.Json;
using Telecom.Host.Tests.Fakes;
using Telecom.Testing;

namespace Telecom.Host.Tests;

public sealed class ModelsForwardCommandTests
{
    // Given with the recorded data.
    private const double Tolerance = 1e-4;

    private static readonly string Model = Path.Combine(SharedData.Folder("adapters"), "tiny-llama");

    [Theory]
    [InlineData("tiny-llama")]
    [InlineData("tiny-llama-sharded")]
    public async Task Tokens_give_the_logits_of_the_reference(string name)
    {
        // adapters.md 6, G1.
        var expected = Expected("base_full");
        var run = await ForwardAsync(
            $$"""{"input_ids":{{expected.GetProperty("input_ids").GetRawText()}}}""", Path.Combine(SharedData.Folder("adapters"), name));

        var answer = Answer(run);
        var last = expected.GetProperty("logits").EnumerateArray().Select(row => row[11]).ToArray();
        AssertClose(last, answer.GetProperty("logits"));
        AssertClose([-2.077196, -0.9598092, -1.024089, 0.8157877, 1.777279], [.. Numbers(answer.GetProperty("logits")[0]).Take(5)]);
        Assert.Equal([89, 116], answer.GetProperty("logits").EnumerateArray().Select(ArgMax));
        Assert.Equal(["logits"], answer.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Greedy_gives_the_tokens_of_the_reference()
    {
        // adapters.md 6, G2.
        var expected = Expected("greedy");
        var run = await ForwardAsync($$"""{"input_ids":[{{expected.GetProperty("prompt").GetRawText()}}],"greedy":12}""");

        Assert.Equal(
            [104, 105, 125, 21, 65, 91, 47, 112, 90, 18, 107, 22],
            Answer(run).GetProperty("tokens")[0].EnumerateArray().Select(token => token.GetInt32()));
    }

    [Fact]
    public async Task Padding_is_marked_in_the_mask()
    {
        var expected = Expected("base_leftpad");
        var run = await ForwardAsync(
            $$"""
            {"input_ids":{{expected.GetProperty("input_ids").GetRawText()}},"attention_mask":{{expected.GetProperty("attention_mask").GetRawText()}},
             "adapters":[null,null],"position_ids":null}
            """);

        AssertClose(
            [.. Numbers(expected.GetProperty("row1_positions_5_to_11_logits")[6])], [.. Numbers(Answer(run).GetProperty("logits")[1])]);
    }

    [Fact]
    public async Task Embeddings_give_hidden_states_and_logits()
    {
        var expected = Expected("inputs_embeds");
        var run = await ForwardAsync($$"""{"inputs_embeds":{{expected.GetProperty("inputs_embeds").GetRawText()}}}""");

        var answer = Answer(run);
        AssertClose([.. expected.GetProperty("final_hidden").EnumerateArray()], answer.GetProperty("hidden")[0]);
        AssertClose([.. Numbers(expected.GetProperty("last_logits"))], [.. Numbers(answer.GetProperty("logits")[0])]);
    }

    [Fact]
    public async Task Positions_of_one_row_hold_for_all()
    {
        var counted = await ForwardAsync("""{"input_ids":[[5,6,7],[8,9,10]]}""");
        var given = await ForwardAsync("""{"input_ids":[[5,6,7],[8,9,10]],"position_ids":[[0,1,2]]}""");
        var stretched = await ForwardAsync("""{"input_ids":[[5,6,7],[8,9,10]],"position_ids":[[0,1,2],[0,2,4]]}""");

        Assert.Equal(counted.Output, given.Output);
        Assert.Equal(Answer(counted).GetProperty("logits")[0].GetRawText(), Answer(stretched).GetProperty("logits")[0].GetRawText());
        Assert.NotEqual(Answer(counted).GetProperty("logits")[1].GetRawText(), Answer(stretched).GetProperty("logits")[1].GetRawText());
    }

    [Fact]
    public async Task Shipped_base_takes_embeddings_only()
    {
        var embeddings = string.Join(',', Enumerable.Repeat("0.5", 256));
        var run = await ForwardAsync($$"""{"inputs_embeds":[[[{{embeddings}}]]]}""", "shipped");

        Assert.Equal(["hidden"], Answer(run).EnumerateObject().Select(member => member.Name));
        Assert.Equal(256, Answer(run).GetProperty("hidden")[0][0].GetArrayLength());
        Assert.Equal(5, (await ForwardAsync("""{"input_ids":[[1]]}""", "shipped")).ExitCode);
    }

    [Theory]
    [InlineData("{}", "/input_ids: give one of input_ids, text and inputs_embeds.")]
    [InlineData("""{"text":["a"]}""", "/text: this base has no tokenizer: give input_ids.")]
    [InlineData("""{"text":["a"],"input_ids":[[1]]}""", "/text: brings tokens and padding of its own")]
    [InlineData("""{"input_ids":[[1]],"inputs_embeds":[[[1]]]}""", "/input_ids: give one of")]
    [InlineData("""{"input_ids":[]}""", "/input_ids: needs at least one row")]
    [InlineData("""{"input_ids":[[]]}""", "/input_ids: needs at least one row")]
    [InlineData("""{"input_ids":[[1,2],[3]]}""", "/input_ids/1: has 1 tokens instead of 2: pad rows")]
    [InlineData("""{"input_ids":[[1,128]]}""", "/input_ids/0/1: must be a token from 0 to 127, but is 128.")]
    [InlineData("""{"input_ids":[[-1]]}""", "/input_ids/0/0: must be a token from 0 to 127, but is -1.")]
    [InlineData("""{"input_ids":[["a"]]}""", "/input_ids/0/0: must be an integer")]
    [InlineData("""{"input_ids":[[1.5]]}""", "/input_ids/0/0: must be an integer")]
    [InlineData("""{"input_ids":[null]}""", "/input_ids")]
    [InlineData("""{"inputs_embeds":[[[1,2]]]}""", "/inputs_embeds/0/0: must have 64 numbers, but has 2.")]
    [InlineData("""{"inputs_embeds":[[[1e39]]]}""", "/inputs_embeds/0/0/0: must be a number within")]
    [InlineData("""{"input_ids":[[1,2]],"attention_mask":[[1,2]]}""", "/attention_mask/0/1: must be 1 for a real token or 0 for padding, but is 2.")]
    [InlineData("""{"input_ids":[[1,2]],"attention_mask":[[0,0]]}""", "/attention_mask/0: marks every token as padding")]
    [InlineData("""{"input_ids":[[1,2]],"attention_mask":[[1]]}""", "/attention_mask/0: has 1 tokens instead of 2")]
    [InlineData("""{"input_ids":[[1,2]],"attention_mask":[]}""", "/attention_mask: must have 1 rows")]
    [InlineData("""{"input_ids":[[1,2]],"position_ids":[[0,256]]}""", "/position_ids/0/1: must be from 0 to 255, but is 256.")]
    [InlineData("""{"input_ids":[[1,2]],"position_ids":[[-1,0]]}""", "/position_ids/0/0: must be from 0 to 255")]
    [InlineData("""{"input_ids":[[1,2]],"adapters":["a"]}""", "/adapters/0: must be the name of an adapter, or null for the plain base: none was given with --adapter.")]
    [InlineData("""{"input_ids":[[1,2]],"adapters":[3]}""", "/adapters/0: must be the name of an adapter")]
    [InlineData("""{"input_ids":[[1,2]],"adapters":[null,null]}""", "/adapters: must be an array with one name or null per row, 1 in all.")]
    [InlineData("""{"input_ids":[[1,2]],"adapters":"a"}""", "/adapters: must be an array")]
    [InlineData("""{"input_ids":[[1,2]],"greedy":-1}""", "/greedy: must be from 0 to 65536, but is -1.")]
    [InlineData("""{"input_ids":[[1,2]],"greedy":256}""", "/greedy: 256 tokens behind position 1 need more than the 256 positions of the base.")]
    [InlineData("""{"input_ids":[[1,2]],"nope":1}""", "/nope: is not a member")]
    [InlineData("""{"input_ids":[[1,2]""", "is not valid JSON")]
    public async Task Rejected_requests_give_5_and_name_the_member(string request, string error)
    {
        var run = await ForwardAsync(request);

        Assert.Equal(5, run.ExitCode);
        Assert.StartsWith(error.StartsWith('/') ? error : string.Empty, run.Error, StringComparison.Ordinal);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, run.Output);
    }

    [Fact]
    public async Task Sequences_longer_than_the_base_give_5()
    {
        var run = await ForwardAsync($$"""{"input_ids":[[{{string.Join(',', Enumerable.Repeat(1, 257))}}]]}""");

        Assert.Equal(5, run.ExitCode);
        Assert.Equal("/input_ids: has 257 tokens per row, but the base takes 256.\n", run.Error);
    }

    [Fact]
    public async Task Missing_folders_and_files_give_3_and_damaged_bases_5()
    {
        var empty = Directory.CreateTempSubdirectory("telecom-forward-");
        try
        {
            Assert.Equal(3, (await ForwardAsync("{}", Path.Combine(empty.FullName, "none"))).ExitCode);
            Assert.Equal(3, (await CommandRun.OfAsync(new(), "models", "forward", "--base", Model, "--input", "no-such-file.json")).ExitCode);
            var damaged = await ForwardAsync("{}", empty.FullName);
            Assert.Equal(5, damaged.ExitCode);
            Assert.Contains("config.json is missing", damaged.Error, StringComparison.Ordinal);
            Assert.Equal(2, (await ForwardAsync("{}", "none")).ExitCode);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    private static Task<CommandRun> ForwardAsync(string request, string? baseModel = null) =>
        CommandRun.OfAsync(new(), request, CancellationToken.None, "models", "forward", "--base", baseModel ?? Model, "--input", "-", "--device", "cpu");

    private static JsonElement Expected(string member) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Model, "expected.json"))).RootElement.GetProperty(member);

    private static JsonElement Answer(CommandRun run)
    {
        Assert.Equal(string.Empty, run.Error);
        Assert.Equal(0, run.ExitCode);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble());

    private static int ArgMax(JsonElement row) => Numbers(row).Select((value, index) => (value, index)).Max().index;

    private static void AssertClose(JsonElement[] expected, JsonElement rows)
    {
        Assert.Equal(expected.Length, rows.GetArrayLength());
        for (var row = 0; row < expected.Length; row++)
        {
            AssertClose([.. Numbers(expected[row])], [.. Numbers(rows[row])]);
        }
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.True(
            Math.Abs(pair.First - pair.Second) <= Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"{pair.First} and {pair.Second} differ by more than {Tolerance}.")));
    }
}
