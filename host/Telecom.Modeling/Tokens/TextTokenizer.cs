namespace Telecom.Modeling.Tokens;

/// <summary>Turns text into the tokens of a base and back.</summary>
/// <remarks>Not thread-safe.</remarks>
public abstract class TextTokenizer
{
    /// <summary>Tokens of a text, with those that the model's own tools put before and behind it.</summary>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">
    /// <see cref="Telecom.Sdk.Errors.ErrorCode.Unprocessable"/>: a part of the text has no token.
    /// </exception>
    public abstract IReadOnlyList<int> Encode(string text);

    /// <summary>Text of tokens; control tokens and numbers without a token give nothing, bytes that are no UTF-8 give U+FFFD.</summary>
    public abstract string Decode(IEnumerable<int> tokens);
}
