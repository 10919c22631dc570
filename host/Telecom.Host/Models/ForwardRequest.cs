using System.Globalization;
using System.Text.Json;
using Telecom.Host.Documents;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tokens;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Host.Models;

/// <summary>A checked request of <c>models forward</c>, as flat row-major arrays.</summary>
internal sealed record ForwardRequest
{
    private const string InputIds = "/input_ids";
    private const string InputsEmbeds = "/inputs_embeds";
    private const int MostNewTokens = 1 << 16;

    public required int Rows { get; init; }

    public required int Length { get; init; }

    /// <summary>What text was turned into, row by row without padding; null when no text was given.</summary>
    public required long[][]? Encoded { get; init; }

    /// <summary>[rows, length]; null when embeddings were given.</summary>
    public required long[]? Ids { get; init; }

    /// <summary>[rows, length, hidden size]; null when tokens were given.</summary>
    public required float[]? Embeddings { get; init; }

    /// <summary>[rows, length]; null when every token is real.</summary>
    public required bool[]? Mask { get; init; }

    /// <summary>[rows, length]; null when tokens are counted.</summary>
    public required long[]? Positions { get; init; }

    /// <summary>Adapter of each row by name, null for the plain base; null when no row has one.</summary>
    public required IReadOnlyList<string?>? Adapters { get; init; }

    public required int? Greedy { get; init; }

    public required bool WantsHidden { get; init; }

    /// <summary>Reads a request for a base.</summary>
    /// <param name="utf8Json">The document.</param>
    /// <param name="configuration">Shape of the base.</param>
    /// <param name="tokenizer">The base's; null where it has none.</param>
    /// <param name="adapters">Names of the adapters at hand; the only one serves a request that names none.</param>
    /// <exception cref="InvalidInputException">Names every wrong member by its JSON pointer.</exception>
    public static ForwardRequest Read(
        ReadOnlySpan<byte> utf8Json, BaseConfiguration configuration, TextTokenizer? tokenizer, IReadOnlyCollection<string> adapters)
    {
        var document = JsonInput.Read(utf8Json, ForwardJson.Default.ForwardRequestDocument);
        var errors = new InputErrors();
        var encoded = document.Text is null ? null : TextRows.Encode(document, configuration, tokenizer, errors);
        errors.ThrowIfAny();
        document = encoded is null ? document : TextRows.Padded(document, encoded);
        var (rows, length) = CheckTokens(document, configuration, errors);

        // The other members are measured against the tokens.
        errors.ThrowIfAny();
        var mask = CheckMask(document.AttentionMask, rows, length, errors);
        var limit = configuration.MaxPositions ?? int.MaxValue;
        var positions = CheckPositions(document.PositionIds, rows, length, limit, errors);
        var named = CheckAdapters(document.Adapters, rows, adapters, errors);
        CheckGreedy(document, configuration, length, limit, errors);
        errors.ThrowIfAny();
        return new ForwardRequest
        {
            Rows = rows,
            Length = length,
            Encoded = encoded,
            Ids = document.InputIds is { } ids ? [.. ids.SelectMany(row => row).Select(id => (long)id)] : null,
            Embeddings = document.InputsEmbeds is { } embeddings ? [.. embeddings.SelectMany(row => row).SelectMany(token => token)] : null,
            Mask = mask,
            Positions = positions,
            Adapters = named,
            Greedy = document.Greedy,
            WantsHidden = document.Hidden ?? document.InputsEmbeds is not null,
        };
    }

    private static (int Rows, int Length) CheckTokens(ForwardRequestDocument document, BaseConfiguration configuration, InputErrors errors)
    {
        if (document.InputIds is null == document.InputsEmbeds is null)
        {
            errors.Add(InputIds, "give one of input_ids, text and inputs_embeds.");
            return default;
        }

        if (document.InputIds is { } ids)
        {
            if (configuration.VocabularySize == 0)
            {
                errors.Add(InputIds, "this base has no vocabulary: give inputs_embeds.");
            }

            var length = CheckRows(InputIds, ids, configuration, errors);
            Each(ids, (row, column, id) =>
            {
                if (id < 0 || id >= configuration.VocabularySize)
                {
                    errors.Add(At(InputIds, row, column), Show($"must be a token from 0 to {configuration.VocabularySize - 1}, but is {id}."));
                }
            });
            return (ids.Length, length);
        }

        var embeddings = document.InputsEmbeds!;
        var tokens = CheckRows(InputsEmbeds, embeddings, configuration, errors);
        Each(embeddings, (row, column, token) =>
        {
            if (token is null || token.Length != configuration.HiddenSize)
            {
                errors.Add(At(InputsEmbeds, row, column), Show($"must have {configuration.HiddenSize} numbers, but has {token?.Length ?? 0}."));
            }
        });
        return (embeddings.Length, tokens);
    }

    private static int CheckRows<T>(string member, T[][] rows, BaseConfiguration configuration, InputErrors errors)
    {
        if (rows.Length == 0 || rows[0] is null || rows[0].Length == 0)
        {
            errors.Add(member, "needs at least one row with at least one token.");
            return 0;
        }

        var length = rows[0].Length;
        if (length > configuration.MaxPositions)
        {
            throw new InvalidInputException(
                member, Show($"has {length} tokens per row, but the base takes {configuration.MaxPositions}."), ErrorCode.SequenceTooLong);
        }

        CheckLengths(member, rows, length, "pad rows to one length and mark padding in attention_mask", errors);
        return length;
    }

    private static void CheckLengths<T>(string member, T[][] rows, int length, string advice, InputErrors errors)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            if (rows[row] is null || rows[row].Length != length)
            {
                errors.Add(At(member, row), Show($"has {rows[row]?.Length ?? 0} tokens instead of {length}: {advice}."));
            }
        }
    }

    private static bool[]? CheckMask(int[][]? mask, int rows, int length, InputErrors errors)
    {
        const string Member = "/attention_mask";
        if (mask is null || !HasRows(Member, mask, rows, length, errors))
        {
            return null;
        }

        Each(mask, (row, column, value) =>
        {
            if (value is not (0 or 1))
            {
                errors.Add(At(Member, row, column), Show($"must be 1 for a real token or 0 for padding, but is {value}."));
            }
        });
        for (var row = 0; row < rows; row++)
        {
            if (!mask[row].Contains(1))
            {
                errors.Add(At(Member, row), "marks every token as padding; a row needs a real token.");
            }
        }

        return [.. mask.SelectMany(row => row).Select(value => value == 1)];
    }

    private static long[]? CheckPositions(int[][]? positions, int rows, int length, int limit, InputErrors errors)
    {
        const string Member = "/position_ids";
        if (positions is null || !HasRows(Member, positions, positions.Length == 1 ? 1 : rows, length, errors))
        {
            return null;
        }

        Each(positions, (row, column, position) =>
        {
            if (position < 0 || position >= limit)
            {
                errors.Add(At(Member, row, column), Show($"must be from 0 to {limit - 1}, but is {position}."));
            }
        });
        var given = positions.Length == 1 ? Enumerable.Repeat(positions[0], rows) : positions;
        return [.. given.SelectMany(row => row).Select(position => (long)position)];
    }

    private static string?[]? CheckAdapters(JsonElement? adapters, int rows, IReadOnlyCollection<string> known, InputErrors errors)
    {
        const string Member = "/adapters";
        if (adapters is not { ValueKind: not JsonValueKind.Null } given)
        {
            return known.Count == 1 ? [.. Enumerable.Repeat(known.First(), rows)] : null;
        }

        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() != rows)
        {
            errors.Add(Member, Show($"must be an array with one name or null per row, {rows} in all."));
            return null;
        }

        var names = new string?[rows];
        for (var row = 0; row < rows; row++)
        {
            names[row] = given[row].ValueKind == JsonValueKind.String ? given[row].GetString() : null;
            if (names[row] is { } name ? !known.Contains(name) : given[row].ValueKind != JsonValueKind.Null)
            {
                var list = known.Count == 0 ? "none was given with --adapter" : $"--adapter gives {string.Join(", ", known)}";
                errors.Add(At(Member, row), $"must be the name of an adapter, or null for the plain base: {list}.");
            }
        }

        return names;
    }

    private static void CheckGreedy(ForwardRequestDocument document, BaseConfiguration configuration, int length, int limit, InputErrors errors)
    {
        const string Member = "/greedy";
        if (document.Greedy is not { } count)
        {
            return;
        }

        var positions = document.PositionIds is null ? length : document.PositionIds.SelectMany(row => row ?? []).DefaultIfEmpty().Max() + 1L;
        if (count is < 0 or > MostNewTokens)
        {
            errors.Add(Member, Show($"must be from 0 to {MostNewTokens}, but is {count}."));
        }
        else if (configuration.VocabularySize == 0)
        {
            errors.Add(Member, "this base has no vocabulary, so it generates no tokens.");
        }
        else if (Math.Max(length, positions) + count - 1 > limit)
        {
            errors.Add(Member, Show($"{count} tokens behind position {Math.Max(length, positions) - 1} need more than the {limit} positions of the base."));
        }
    }

    private static bool HasRows(string member, int[][] values, int rows, int length, InputErrors errors)
    {
        if (values.Length != rows)
        {
            errors.Add(member, Show($"must have {rows} rows, as the input has, but has {values.Length}."));
            return false;
        }

        CheckLengths(member, values, length, "as long as the rows of the input", errors);
        return values.All(row => row?.Length == length);
    }

    private static void Each<T>(T[][] rows, Action<int, int, T> check)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < (rows[row]?.Length ?? 0); column++)
            {
                check(row, column, rows[row][column]);
            }
        }
    }

    private static string At(string member, params ReadOnlySpan<int> indices)
    {
        var pointer = member;
        foreach (var index in indices)
        {
            pointer += Show($"/{index}");
        }

        return pointer;
    }

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
