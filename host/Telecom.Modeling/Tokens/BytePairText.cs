using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Tokens;

/// <summary>
/// Byte-level BPE (Sennrich et al. 2016, over bytes as in GPT-2): added tokens are taken out, the rest is normalised, cut and merged by the library.
/// </summary>
internal sealed class BytePairText : TextTokenizer
{
    private readonly TokenizerFile file;
    private readonly BpeTokenizer merges;
    private readonly Regex? added;
    private readonly Dictionary<string, AddedToken> addedByContent;
    private readonly Dictionary<int, AddedToken> addedById;

    public BytePairText(TokenizerFile file)
    {
        this.file = file;
        merges = BpeTokenizer.Create(new BpeOptions(file.Vocabulary) { Merges = file.Merges, ByteLevel = true });
        addedByContent = file.Added.DistinctBy(token => token.Content).ToDictionary(token => token.Content, StringComparer.Ordinal);
        addedById = file.Added.DistinctBy(token => token.Id).ToDictionary(token => token.Id);

        // Of tokens that begin at the same place the longest counts.
        var contents = addedByContent.Keys.OrderByDescending(content => content.Length).Select(Regex.Escape);
        added = addedByContent.Count == 0 ? null : new Regex(string.Join('|', contents), RegexOptions.CultureInvariant);
    }

    public override IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (ids, end) = (new List<int>(file.Before), 0);
        for (var match = added?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            EncodePlain(text[end..match.Index], ids);
            ids.Add(addedByContent[match.Value].Id);
            end = match.Index + match.Length;
        }

        EncodePlain(text[end..], ids);
        ids.AddRange(file.Behind);
        return ids;
    }

    public override string Decode(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var (text, plain) = (new StringBuilder(), new List<int>());
        foreach (var token in tokens)
        {
            if (!addedById.TryGetValue(token, out var whole))
            {
                plain.Add(token);
                continue;
            }

            text.Append(merges.Decode(plain)).Append(whole.IsSpecial ? "" : whole.Content);
            plain.Clear();
        }

        return text.Append(merges.Decode(plain)).ToString();
    }

    private void EncodePlain(string text, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        var normal = file.Forms.Aggregate(text, (current, form) => current.Normalize(form));
        var spaced = file.AddsPrefixSpace && normal[0] != ' ' ? " " + normal : normal;
        foreach (var piece in file.Splits.Aggregate((IEnumerable<string>)[spaced], (pieces, rule) => pieces.SelectMany(rule.Split)))
        {
            EncodePiece(piece, ids);
        }
    }

    private void EncodePiece(string piece, List<int> ids)
    {
        var written = ByteAlphabet.Write(piece);
        if (file.IgnoresMerges && file.Vocabulary.TryGetValue(written, out var whole))
        {
            ids.Add(whole);
            return;
        }

        // The library would leave such a byte out without a word.
        if (written.FirstOrDefault(character => !file.Vocabulary.ContainsKey(character.ToString())) is not '\0' and var missing)
        {
            throw new TelecomException(ErrorCode.Unprocessable, $"The vocabulary has no token for byte '{missing}' of '{piece}'; send tokens.");
        }

        ids.AddRange(merges.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false));
    }
}
