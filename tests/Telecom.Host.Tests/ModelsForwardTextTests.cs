using System.Text.Json;
using Telecom.Host.Tests.Fakes;
using Telecom.Testing;

namespace Telecom.Host.Tests;

/// <summary>Text in and text out of a base with a tokenizer: the recorded small Llama and a table over ASCII, whose tokens are the characters' numbers.</summary>
public sealed class ModelsForwardTextTests : IDisposable
{
    private static readonly string Model = Path.Combine(SharedData.Folder("adapters"), "tiny-llama");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("telecom-text-");

    public ModelsForwardTextTests()
    {
        foreach (var file in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Path.Combine(Model, file), Path.Combine(folder.FullName, file));
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Text_is_the_same_as_its_tokens_and_comes_back_beside_them()
    {
        WriteTokenizer("ByteLevel");

        var text = await AnswerAsync("""{"text":["Abc"],"greedy":6}""");
        var tokens = await AnswerAsync("""{"input_ids":[[65,98,99]],"greedy":6}""");

        Assert.Equal("[[65,98,99]]", text.GetProperty("input_ids").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        Assert.Equal(tokens.GetProperty("logits").GetRawText(), text.GetProperty("logits").GetRawText());
        Assert.Equal(tokens.GetProperty("tokens").GetRawText(), text.GetProperty("tokens").GetRawText());
        var expected = new string([.. text.GetProperty("tokens")[0].EnumerateArray().Select(token => (char)token.GetInt32())]);
        Assert.Equal(expected, text.GetProperty("text")[0].GetString());
        Assert.Equal(expected, tokens.GetProperty("text")[0].GetString());
        Assert.False(tokens.TryGetProperty("input_ids", out _));
    }

    [Fact]
    public async Task Texts_of_unequal_length_answer_as_each_alone()
    {
        WriteTokenizer("ByteLevel");

        var together = await AnswerAsync("""{"text":["Abc","A longer line"],"greedy":4}""");
        var alone = await AnswerAsync("""{"text":["Abc"],"greedy":4}""");

        Assert.Equal(alone.GetProperty("tokens")[0].GetRawText(), together.GetProperty("tokens")[0].GetRawText());
        Assert.Equal([3, 13], together.GetProperty("input_ids").EnumerateArray().Select(row => row.GetArrayLength()));
    }

    [Theory]
    [InlineData("""{"text":["é"]}""", "/text/0: gives token 195, but the base has 128")]
    [InlineData("""{"text":["a",""]}""", "/text/1: gives no tokens.")]
    [InlineData("""{"text":[]}""", "/input_ids: needs at least one row")]
    public async Task Text_that_the_base_cannot_take_gives_5(string request, string error)
    {
        WriteTokenizer("ByteLevel");

        var run = await RunAsync(request);

        Assert.Equal((5, ""), (run.ExitCode, run.Output));
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenizer_that_cannot_be_used_is_named_and_tokens_still_work()
    {
        WriteTokenizer("Metaspace");

        var text = await RunAsync("""{"text":["a"]}""");
        var tokens = await RunAsync("""{"input_ids":[[65]]}""");

        Assert.Equal((5, 0), (text.ExitCode, tokens.ExitCode));
        Assert.Contains("pre_tokenizer 'Metaspace' is not supported", text.Error, StringComparison.Ordinal);
        Assert.Contains("/text: this base has no tokenizer", text.Error, StringComparison.Ordinal);
        Assert.Contains("is left out", tokens.Error, StringComparison.Ordinal);
    }

    private void WriteTokenizer(string preTokenizer)
    {
        var visible = Enumerable.Range(33, 94).Select(code => (Text: ((char)code).ToString(), Id: code));
        var vocabulary = visible.Append(("Ġ", 32)).Append(("Ã", 195)).Append(("©", 169)).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        var table = string.Join(',', vocabulary.Select(pair => $"\"{JsonEncodedText.Encode(pair.Key)}\":{pair.Value}"));
        File.WriteAllText(
            Path.Combine(folder.FullName, "tokenizer.json"),
            $$"""
            {"pre_tokenizer":{"type":"{{preTokenizer}}","add_prefix_space":false},"decoder":{"type":"ByteLevel"},
             "model":{"type":"BPE","vocab":{ {{table}} },"merges":[]} }
            """);
    }

    private Task<CommandRun> RunAsync(string request) =>
        CommandRun.OfAsync(new(), request, CancellationToken.None, "models", "forward", "--base", folder.FullName, "--input", "-", "--device", "cpu");

    private async Task<JsonElement> AnswerAsync(string request)
    {
        var run = await RunAsync(request);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
