using System.Text.Json.Nodes;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tokens;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Tests.Tokens;

/// <summary>Small tokenizers of known tables: the token of byte b is b, merges follow from 256 on; expected tokens were merged by hand.</summary>
public sealed class TokenizerFolderTests : IDisposable
{
    private const string Gpt2 = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""";

    // Cuts numbers into groups of three, and lets one other character lead a word.
    private const string Groups =
        """
        {"type":"Sequence","pretokenizers":[
          {"type":"Split","pattern":{"Regex":"[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},
           "behavior":"Isolated","invert":false},
          {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("hello world", 259, 260, 261, 108, 100)]
    [InlineData("hell", 258)]
    [InlineData("he ll", 256, 32, 257)]
    [InlineData("héll", 104, 195, 169, 257)]
    [InlineData("it's", 105, 116, 39, 115)]
    [InlineData("12345", 262, 263, 53)]
    [InlineData(" ☃\n", 32, 226, 152, 131, 10)]
    [InlineData("")]
    public void Words_are_cut_as_in_Gpt2_and_merged_by_rank(string text, params int[] expected) =>
        Assert.Equal(expected, Open(Gpt2).Encode(text));

    [Theory]
    [InlineData("12345", 262, 51, 52, 53)]
    [InlineData("😀abc", 240, 159, 152, 264, 98, 99)]
    [InlineData("😀 abc", 240, 159, 152, 128, 32, 97, 98, 99)]
    [InlineData("𝐀1", 240, 157, 144, 128, 49)]
    public void Expression_of_the_file_cuts_and_sees_code_points(string text, params int[] expected)
    {
        // Groups of three keep "3 4" apart; a smiley leads the word behind it, so its last byte meets the 'a'.
        Assert.Equal(expected, Open(Groups).Encode(text));
    }

    [Fact]
    public void Removed_text_between_matches_gives_no_tokens()
    {
        var words = """
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{L}+"},"behavior":"Removed","invert":true},
             {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
            """;

        Assert.Equal([259, 259], Open(words).Encode("hello, hello!"));
    }

    [Theory]
    [InlineData("hello", 300, 260, 111)]
    [InlineData(" hello", 300, 260, 111)]
    [InlineData("<|x|>hello", 300, 301, 260, 111)]
    [InlineData("<|x|><|x|>y<|end|>", 300, 301, 302, 303)]
    public void Added_tokens_are_taken_whole_and_the_template_puts_one_in_front(string text, params int[] expected)
    {
        // add_prefix_space: " hello" is one token in this table, number 260 before "o".
        var tokenizer = Open(Gpt2.Replace("\"add_prefix_space\":false", "\"add_prefix_space\":true", StringComparison.Ordinal), document =>
        {
            document["added_tokens"] = JsonNode.Parse(
                """
                [{"id":300,"content":"<|begin|>","special":true},{"id":301,"content":"<|x|>","special":true},
                 {"id":302,"content":"<|x|>y","special":false},{"id":303,"content":"<|end|>","special":true}]
                """);
            document["post_processor"] = JsonNode.Parse(
                """
                {"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing",
                 "single":[{"SpecialToken":{"id":"<|begin|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                 "special_tokens":{"<|begin|>":{"id":"<|begin|>","ids":[300],"tokens":["<|begin|>"]}}}]}
                """);
            document["model"]!["merges"] = new JsonArray("h e", "l l", "he ll", "Ġ hell");
            document["model"]!["vocab"]!.AsObject().Remove("Ġw");
            document["model"]!["vocab"]!["Ġhell"] = 260;
        });

        Assert.Equal(expected, tokenizer.Encode(text));
        Assert.Equal("hello<|x|>y", tokenizer.Decode([300, 258, 111, 302, 303]));
    }

    [Fact]
    public void Word_that_is_a_token_needs_no_merges_where_the_file_says_so()
    {
        var tokenizer = Open(Gpt2, document =>
        {
            document["model"]!["ignore_merges"] = true;
            document["model"]!["vocab"]!["held"] = 280;
        });

        Assert.Equal([280], tokenizer.Encode("held"));
        Assert.Equal([256, 108, 100, 115], tokenizer.Encode("helds"));
        Assert.Equal([256, 108, 100], Open(Gpt2, document => document["model"]!["vocab"]!["held"] = 280).Encode("held"));
    }

    [Fact]
    public void Text_is_brought_into_the_unicode_form_of_the_file()
    {
        Assert.Equal([101, 204, 129], Open(Gpt2).Encode("e\u0301"));
        Assert.Equal([195, 169], Open(Gpt2, document => document["normalizer"] = JsonNode.Parse("""{"type":"NFC"}""")).Encode("e\u0301"));
    }

    [Fact]
    public void Decoding_gives_the_text_back_leaves_control_tokens_out_and_marks_bytes_that_are_no_text()
    {
        var tokenizer = Open(Groups, document =>
            document["added_tokens"] = JsonNode.Parse("""[{"id":300,"content":"<|end|>","special":true},{"id":301,"content":"<tool>","special":false}]"""));
        string[] texts = ["hello world", "  two\n\nlines\t", "naïve ☃ 😀 𝐀𝐁 12345", "\u0000\u007f\u00ad", "日本語, ελληνικά", "a<tool>b"];

        Assert.All(texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))));
        Assert.Equal("hello", tokenizer.Decode([259, 300]));
        Assert.Equal("\uFFFD", tokenizer.Decode([226, 152]));
        Assert.Equal("a", tokenizer.Decode([97, 9999]));
    }

    [Theory]
    [InlineData("model", """{"type":"Unigram","vocab":{}}""", "type 'Unigram' is not supported")]
    [InlineData("model", """{"type":"BPE","vocab":{},"merges":[],"byte_fallback":true}""", "model.byte_fallback is not supported")]
    [InlineData("model", """{"type":"BPE","vocab":{},"merges":[],"dropout":0.1}""", "model.dropout is not supported")]
    [InlineData("model", """{"type":"BPE","vocab":{},"merges":[],"continuing_subword_prefix":"##"}""", "model.continuing_subword_prefix is not supported")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "must be two tokens whose sum is a token")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":-1},"merges":[]}""", "the number of 'a' must be an integer from 0 on")]
    [InlineData("model", """{"type":"BPE"}""", "vocab must be an object of numbers")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Prepend","prepend":"_"}]}""", "normalizer 'Prepend' is not supported")]
    [InlineData("pre_tokenizer", """{"type":"Metaspace"}""", "pre_tokenizer 'Metaspace' is not supported")]
    [InlineData("pre_tokenizer", "null", "a pre_tokenizer without ByteLevel is not supported")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}""", "cannot be used as a regular expression")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"a"},"behavior":"MergedWithNext"}""", "behavior 'MergedWithNext' is not supported")]
    [InlineData("post_processor", """{"type":"BertProcessing"}""", "post_processor 'BertProcessing' is not supported")]
    [InlineData("decoder", """{"type":"WordPiece"}""", "decoder 'WordPiece' is not supported")]
    [InlineData("added_tokens", """[{"id":3,"content":"<mask>","lstrip":true}]""", "lstrip of the added token '<mask>' is not supported")]
    public void What_is_not_supported_is_named(string member, string json, string problem)
    {
        var exception = Assert.Throws<CheckpointFormatException>(() => Open(Gpt2, document => document[member] = JsonNode.Parse(json)));

        Assert.Contains(exception.Problems, line => line.StartsWith("tokenizer.json: ", StringComparison.Ordinal) && line.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_unsupported_is_listed_at_once_and_a_missing_byte_is_said_when_it_is_met()
    {
        var exception = Assert.Throws<CheckpointFormatException>(() => Open("""{"type":"Metaspace"}""", document =>
        {
            document["normalizer"] = JsonNode.Parse("""{"type":"Lowercase"}""");
            document["decoder"] = JsonNode.Parse("""{"type":"Fuse"}""");
        }));
        var holed = Open(Gpt2, document => document["model"]!["vocab"]!.AsObject().Remove("z"));

        Assert.Equal(4, exception.Problems.Count);
        Assert.Equal([97], holed.Encode("a"));
        Assert.Equal(ErrorCode.Unprocessable, Assert.Throws<TelecomException>(() => holed.Encode("zoo")).Code);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("""{"add_bos_token":false,"add_eos_token":true}""", false)]
    public void SentencePiece_model_is_read_through_the_library(string? settings, bool first)
    {
        folder.Write("tokenizer.model", SentencePieceBytes.Bpe("▁", "h", "i", "▁h", "▁hi"));
        if (settings is not null)
        {
            folder.Write("tokenizer_config.json", settings);
        }

        var tokenizer = TokenizerFolder.Open(folder.Path);

        // <unk> 0, <s> 1, </s> 2, then the pieces; the better score merges first.
        Assert.Equal(first ? [1, 7, 7] : [7, 7, 2], tokenizer.Encode("hi hi"));
        Assert.Equal("hi hi", tokenizer.Decode([1, 7, 7, 2]));
    }

    [Fact]
    public void SentencePiece_model_stands_in_for_an_unsupported_json_and_damage_is_refused()
    {
        folder.Write("tokenizer.model", SentencePieceBytes.Bpe("▁", "h", "i", "▁h", "▁hi"));
        var standIn = Open("""{"type":"Metaspace"}""");
        folder.Write("tokenizer.model", [1, 2, 3, 4, 5]);

        Assert.Equal([1, 7], standIn.Encode("hi"));
        Assert.Contains("tokenizer.model cannot be used", Assert.Throws<CheckpointFormatException>(() => Open("""{"type":"Metaspace"}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_without_tokenizer_says_so()
    {
        Assert.False(TokenizerFolder.Exists(folder.Path));
        Assert.Contains("neither tokenizer.json nor tokenizer.model", Assert.Throws<CheckpointFormatException>(() => TokenizerFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    private TextTokenizer Open(string preTokenizer, Action<JsonNode>? change = null)
    {
        var document = TinyTokenizer.Document(preTokenizer);
        change?.Invoke(document);
        folder.Write("tokenizer.json", document.ToJsonString());
        return TokenizerFolder.Open(folder.Path);
    }
}
