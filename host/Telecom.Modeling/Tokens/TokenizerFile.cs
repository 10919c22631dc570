using System.Text;
using System.Text.Json;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Tokens;

/// <summary>A <c>tokenizer.json</c> with byte-level BPE, read; whatever would change the tokens and is not supported became a problem.</summary>
internal sealed class TokenizerFile
{
    private const string ByteLevel = "ByteLevel";
    private readonly List<string> problems;

    private TokenizerFile(List<string> problems) => this.problems = problems;

    /// <summary>Tokens that are found as a whole.</summary>
    public List<AddedToken> Added { get; } = [];

    /// <summary>Unicode forms that the text is brought into, in order.</summary>
    public List<NormalizationForm> Forms { get; } = [];

    /// <summary>How text is cut before BPE, in order.</summary>
    public List<SplitRule> Splits { get; } = [];

    /// <summary>Whether a part of the text that does not begin with a space gets one.</summary>
    public bool AddsPrefixSpace { get; private set; }

    /// <summary>Tokens before the text.</summary>
    public List<int> Before { get; } = [];

    /// <summary>Tokens behind the text.</summary>
    public List<int> Behind { get; } = [];

    /// <summary>Number of every token of the model, written in the <see cref="ByteAlphabet"/>.</summary>
    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);

    /// <summary>Pairs in the order in which they are merged, <c>left right</c>.</summary>
    public List<string> Merges { get; } = [];

    /// <summary>Whether a piece that is a token needs no merges.</summary>
    public bool IgnoresMerges { get; private set; }

    /// <returns>Null when the file is no JSON object.</returns>
    public static TokenizerFile? Read(string directory, List<string> problems)
    {
        using var document = JsonFile.ReadObject(Path.Combine(directory, TokenizerFolder.JsonName), problems);
        if (document is null)
        {
            return null;
        }

        var file = new TokenizerFile(problems);
        var root = document.RootElement;
        file.ReadModel(Member(root, "model"));
        file.ReadAdded(Member(root, "added_tokens"));
        Each(root, "normalizer", "normalizers", file.ReadNormalizer);
        file.ReadPreTokenizers(root);
        Each(root, "post_processor", "processors", file.ReadPostProcessor);
        Each(root, "decoder", "decoders", (decoder, type) => file.Require(type == ByteLevel, $"decoder '{type}'", "supported is ByteLevel"));
        return file;
    }

    private void ReadModel(JsonElement model)
    {
        var members = new JsonMembers(model.ValueKind == JsonValueKind.Object ? model : Empty, $"{TokenizerFolder.JsonName}: model", problems);
        members.RequireText("type", "BPE", "BPE");
        Require(!members.Flag("byte_fallback", false), "model.byte_fallback", "supported are vocabularies of all bytes");
        Require(members.Number("dropout", 0) == 0, "model.dropout", "it makes tokens random");
        foreach (var affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            Require(members.Text(affix, "") is "", $"model.{affix}", "supported is none");
        }

        IgnoresMerges = members.Flag("ignore_merges", false);
        var vocabulary = Member(model, "vocab");
        if (vocabulary.ValueKind != JsonValueKind.Object)
        {
            members.Add("vocab must be an object of numbers");
            return;
        }

        foreach (var token in vocabulary.EnumerateObject())
        {
            if (token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out var id) || id < 0)
            {
                members.Add($"vocab: the number of '{CheckpointFormatException.Show(token.Name)}' must be an integer from 0 on");
                return;
            }

            Vocabulary[token.Name] = id;
        }

        ReadMerges(Member(model, "merges"), members);
    }

    // Older files write a pair as one string with a space, newer ones as an array of two.
    private void ReadMerges(JsonElement merges, JsonMembers members)
    {
        foreach (var merge in Items(merges))
        {
            string[] pair = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!.Split(' '),
                JsonValueKind.Array => [.. merge.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String ? part.GetString()! : "")],
                _ => [],
            };
            if (pair is not [{ Length: > 0 } left, { Length: > 0 } right] || !Vocabulary.ContainsKey(left) || !Vocabulary.ContainsKey(right)
                || !Vocabulary.ContainsKey(left + right))
            {
                members.Add($"merges: {CheckpointFormatException.Show(merge.GetRawText())} must be two tokens whose sum is a token");
                return;
            }

            Merges.Add($"{left} {right}");
        }
    }

    private void ReadAdded(JsonElement tokens)
    {
        foreach (var token in Items(tokens))
        {
            var members = new JsonMembers(token.ValueKind == JsonValueKind.Object ? token : Empty, $"{TokenizerFolder.JsonName}: added_tokens", problems);
            var (content, id) = (members.RequiredText("content"), members.Integer("id", null));
            foreach (var flag in new[] { "single_word", "lstrip", "rstrip" })
            {
                Require(!members.Flag(flag, false), $"{flag} of the added token '{CheckpointFormatException.Show(content)}'", "supported is false");
            }

            if (content.Length > 0)
            {
                Added.Add(new AddedToken(content, id, members.Flag("special", false)));
            }
        }
    }

    private void ReadNormalizer(JsonElement normalizer, string type)
    {
        NormalizationForm? form = type switch
        {
            "NFC" => NormalizationForm.FormC,
            "NFD" => NormalizationForm.FormD,
            "NFKC" => NormalizationForm.FormKC,
            "NFKD" => NormalizationForm.FormKD,
            _ => null,
        };
        Require(form is not null, $"normalizer '{type}'", "supported are NFC, NFD, NFKC and NFKD");
        Forms.AddRange(form is { } supported ? [supported] : []);
    }

    private void ReadPreTokenizers(JsonElement root)
    {
        var hasBytes = false;
        Each(root, "pre_tokenizer", "pretokenizers", (step, type) =>
        {
            var members = new JsonMembers(step, $"{TokenizerFolder.JsonName}: pre_tokenizer", problems);
            switch (type)
            {
                case ByteLevel:
                    hasBytes = true;
                    AddsPrefixSpace |= members.Flag("add_prefix_space", true);
                    Splits.AddRange(members.Flag("use_regex", true) ? [new SplitRule(SplitRule.Gpt2, dropsRest: false)] : []);
                    break;
                case "Split" when !hasBytes:
                    ReadSplit(step, members);
                    break;
                default:
                    Require(false, $"pre_tokenizer '{type}'", "supported are Split, and ByteLevel as the last one");
                    break;
            }
        });
        Require(hasBytes, "a pre_tokenizer without ByteLevel", "only vocabularies over bytes are");
    }

    private void ReadSplit(JsonElement step, JsonMembers members)
    {
        var behavior = members.RequireText("behavior", null, "Isolated", "Removed");
        var invert = members.Flag("invert", false);
        Require(behavior != "Removed" || invert, "pre_tokenizer 'Split' that removes what it finds", "supported is the inverted form");
        var pattern = members.Object("pattern");
        if (pattern?.RequiredText("Regex") is not { Length: > 0 } expression)
        {
            return;
        }

        try
        {
            Splits.Add(new SplitRule(expression, dropsRest: behavior == "Removed"));
        }
        catch (ArgumentException exception)
        {
            members.Add($"'{CheckpointFormatException.Show(expression)}' cannot be used as a regular expression: {exception.Message}");
        }
    }

    private void ReadPostProcessor(JsonElement processor, string type)
    {
        if (type != "TemplateProcessing")
        {
            Require(type == ByteLevel, $"post_processor '{type}'", "supported are ByteLevel and TemplateProcessing");
            return;
        }

        var target = Before;
        foreach (var part in Items(Member(processor, "single")))
        {
            if (Member(part, "Sequence").ValueKind == JsonValueKind.Object)
            {
                target = Behind;
            }
            else if (Member(Member(part, "SpecialToken"), "id") is { ValueKind: JsonValueKind.String } id)
            {
                var ids = Items(Member(Member(Member(processor, "special_tokens"), id.GetString()!), "ids"));
                target.AddRange(ids.Where(number => number.ValueKind == JsonValueKind.Number).Select(number => number.GetInt32()));
            }
        }
    }

    /// <summary>Visits a stage of the pipeline, or the members of a sequence of stages.</summary>
    private static void Each(JsonElement root, string stage, string list, Action<JsonElement, string> visit)
    {
        Visit(Member(root, stage));

        void Visit(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            var type = Member(element, "type") is { ValueKind: JsonValueKind.String } text ? CheckpointFormatException.Show(text.GetString()!) : "?";
            if (type == "Sequence")
            {
                foreach (var inner in Items(Member(element, list)))
                {
                    Visit(inner);
                }

                return;
            }

            visit(element, type);
        }
    }

    private void Require(bool isSupported, string what, string remedy)
    {
        if (!isSupported)
        {
            problems.Add($"{TokenizerFolder.JsonName}: {what} is not supported; {remedy}");
        }
    }

    private static JsonElement Empty { get; } = JsonElement.Parse("{}");

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static JsonElement.ArrayEnumerator Items(JsonElement array) => array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;
}
