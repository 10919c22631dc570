using System.Text.Json.Nodes;

namespace Telecom.Modeling.Tests.Tokens;

/// <summary>A <c>tokenizer.json</c> over all bytes with a few merges.</summary>
internal static class TinyTokenizer
{
    private static readonly string[] Merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "1 2", "3 4", "Ģ a"];

    /// <summary>The token of byte b is b; that of the n-th merge is 256 + n.</summary>
    public static JsonObject Document(string preTokenizer)
    {
        // Bytes that print stand for themselves; the others take the characters from U+0100 on, in order.
        var vocabulary = new JsonObject();
        var hidden = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var prints = value is > 0x20 and < 0x7F or > 0xA0 and not 0xAD;
            vocabulary[((char)(prints ? value : hidden++)).ToString()] = value;
        }

        foreach (var merge in Merges)
        {
            vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
            ["post_processor"] = JsonNode.Parse("""{"type":"ByteLevel"}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel"}"""),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. Merges.Select(merge => (JsonNode)merge)]) },
        };
    }
}
