using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Tokens;

/// <summary>
/// The tokenizer that lies beside a checkpoint: <c>tokenizer.json</c> with byte-level BPE, or <c>tokenizer.model</c> of SentencePiece, both as
/// far as Microsoft.ML.Tokenizers computes them; everything else is refused by name.
/// </summary>
public static class TokenizerFolder
{
    internal const string JsonName = "tokenizer.json";
    internal const string ModelName = "tokenizer.model";

    /// <summary>Whether a folder has a tokenizer of any kind.</summary>
    public static bool Exists(string directory) =>
        File.Exists(Path.Combine(directory, JsonName)) || File.Exists(Path.Combine(directory, ModelName));

    /// <summary>Opens the tokenizer; where <c>tokenizer.json</c> asks for something unsupported, <c>tokenizer.model</c> takes its place.</summary>
    /// <exception cref="CheckpointFormatException">There is none, it is damaged, or it needs something unsupported; all problems are listed.</exception>
    public static TextTokenizer Open(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var hasModel = File.Exists(Path.Combine(directory, ModelName));
        if (!File.Exists(Path.Combine(directory, JsonName)))
        {
            return hasModel
                ? SentencePieceText.Open(directory)
                : throw new CheckpointFormatException(directory, [$"there is neither {JsonName} nor {ModelName}, so it takes tokens, not text"]);
        }

        var problems = new List<string>();
        var file = TokenizerFile.Read(directory, problems);
        if (problems.Count == 0)
        {
            return new BytePairText(file!);
        }

        return hasModel ? SentencePieceText.Open(directory) : throw new CheckpointFormatException(directory, problems);
    }
}
