namespace Telecom.Modeling.Tokens;

/// <summary>A token that is found in the text as a whole, before anything is split.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its number.</param>
/// <param name="IsSpecial">Whether it controls the model and is left out of decoded text.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial);
