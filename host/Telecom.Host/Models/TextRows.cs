using System.Globalization;
using Telecom.Host.Documents;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tokens;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Host.Models;

/// <summary>Text of a request as rows of tokens.</summary>
internal static class TextRows
{
    private const string Member = "/text";

    /// <returns>Tokens of every row; what is wrong is in <paramref name="errors"/>.</returns>
    public static long[][] Encode(ForwardRequestDocument document, BaseConfiguration configuration, TextTokenizer? tokenizer, InputErrors errors)
    {
        if (document is not { InputIds: null, InputsEmbeds: null, AttentionMask: null, PositionIds: null })
        {
            errors.Add(Member, "brings tokens and padding of its own: leave input_ids, inputs_embeds, attention_mask and position_ids out.");
            return [];
        }

        if (tokenizer is null)
        {
            errors.Add(Member, "this base has no tokenizer: give input_ids.");
            return [];
        }

        return [.. document.Text!.Select((text, row) => Row(text, Show($"{Member}/{row}"), configuration, tokenizer, errors))];
    }

    /// <returns>The request with tokens instead of text, shorter rows padded at the front.</returns>
    public static ForwardRequestDocument Padded(ForwardRequestDocument document, long[][] rows)
    {
        var length = rows.Select(row => row.Length).DefaultIfEmpty().Max();
        return document with
        {
            InputIds = [.. rows.Select(row => (int[])[.. new int[length - row.Length], .. row.Select(id => (int)id)])],
            AttentionMask = rows.All(row => row.Length == length)
                ? null
                : [.. rows.Select(row => (int[])[.. new int[length - row.Length], .. Enumerable.Repeat(1, row.Length)])],
        };
    }

    private static long[] Row(string? text, string pointer, BaseConfiguration configuration, TextTokenizer tokenizer, InputErrors errors)
    {
        try
        {
            var ids = tokenizer.Encode(text ?? "");
            if (ids.Count == 0)
            {
                errors.Add(pointer, "gives no tokens.");
            }
            else if (ids.Max() >= configuration.VocabularySize)
            {
                errors.Add(pointer, Show($"gives token {ids.Max()}, but the base has {configuration.VocabularySize}: its tokenizer does not belong to it."));
            }

            return [.. ids.Select(id => (long)id)];
        }
        catch (TelecomException exception)
        {
            errors.Add(pointer, exception.Message);
            return [];
        }
    }

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
