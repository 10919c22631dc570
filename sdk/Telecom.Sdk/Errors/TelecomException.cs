namespace Telecom.Sdk.Errors;

/// <summary>A failure with a code and a message that says what is wrong, where, and what to do about it.</summary>
public class TelecomException(ErrorCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What kind of failure this is.</summary>
    public ErrorCode Code { get; } = code;
}
