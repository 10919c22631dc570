using Microsoft.ML.Tokenizers;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Tokens;

/// <summary>A <c>tokenizer.model</c> of SentencePiece (Kudo and Richardson 2018) as Llama uses it.</summary>
internal sealed class SentencePieceText : TextTokenizer
{
    private const string SettingsName = "tokenizer_config.json";
    private readonly LlamaTokenizer tokenizer;

    private SentencePieceText(LlamaTokenizer tokenizer) => this.tokenizer = tokenizer;

    /// <exception cref="CheckpointFormatException">The file is damaged, or of a model that the library does not compute.</exception>
    public static SentencePieceText Open(string directory)
    {
        var (first, last) = Ends(directory);
        try
        {
            using var stream = File.OpenRead(Path.Combine(directory, TokenizerFolder.ModelName));
            return new SentencePieceText(LlamaTokenizer.Create(stream, first, last));
        }
#pragma warning disable CA1031 // The library tells damaged and unsupported files by exceptions of many types.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new CheckpointFormatException(
                directory, [$"{TokenizerFolder.ModelName} cannot be used as a SentencePiece model: {exception.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    public override IReadOnlyList<int> Encode(string text) => tokenizer.EncodeToIds(text);

    public override string Decode(IEnumerable<int> tokens) => tokenizer.Decode(tokens, considerSpecialTokens: false);

    // Llama's own defaults: a token at the beginning, none at the end.
    private static (bool First, bool Last) Ends(string directory)
    {
        var path = Path.Combine(directory, SettingsName);
        if (!File.Exists(path))
        {
            return (true, false);
        }

        var problems = new List<string>();
        using var document = JsonFile.ReadObject(path, problems);
        var members = document is null ? null : new JsonMembers(document.RootElement, SettingsName, problems);
        var ends = (members?.Flag("add_bos_token", true) ?? true, members?.Flag("add_eos_token", false) ?? false);
        return problems.Count == 0 ? ends : throw new CheckpointFormatException(directory, problems);
    }
}
