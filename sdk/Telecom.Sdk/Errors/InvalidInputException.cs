namespace Telecom.Sdk.Errors;

/// <summary>A request that was refused before it reached a method; names every wrong member.</summary>
public sealed class InvalidInputException : TelecomException
{
    /// <param name="errors">At least one wrong member.</param>
    /// <param name="code"><see cref="ErrorCode.InvalidInput"/>, or <see cref="ErrorCode.Unprocessable"/> where the document is fine but no answer exists.</param>
    public InvalidInputException(IReadOnlyList<InputError> errors, ErrorCode code = ErrorCode.InvalidInput)
        : base(code, string.Join(' ', errors.Select(error => error.Pointer.Length == 0 ? error.Message : $"{error.Pointer}: {error.Message}"))) =>
        Errors = errors;

    /// <param name="pointer">JSON pointer to the wrong member.</param>
    /// <param name="message">What is wrong with it and what is allowed.</param>
    /// <param name="code">See the other constructor.</param>
    public InvalidInputException(string pointer, string message, ErrorCode code = ErrorCode.InvalidInput)
        : this([new InputError(pointer, message)], code)
    {
    }

    /// <summary>The wrong members, in document order.</summary>
    public IReadOnlyList<InputError> Errors { get; }
}
