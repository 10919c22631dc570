using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary>Exit codes that scripts rely on.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int NotReachable = 4;
    public const int InputRejected = 5;
    public const int Interrupted = 130;

    /// <returns>The exit code of a failure.</returns>
    public static int Of(Exception exception) => exception switch
    {
        OperationCanceledException => Interrupted,

        // A request document with wrong members is rejected input; a setting or option with a wrong value is wrong usage.
        InvalidInputException => InputRejected,
        TelecomException { Code: ErrorCode.InvalidInput } => Usage,
        TelecomException { Code: ErrorCode.NotFound or ErrorCode.AdapterNotFound } => NotFound,
        TelecomException { Code: var code } when IsRejection(code) => InputRejected,
        _ => Failure,
    };

    private static bool IsRejection(ErrorCode code) => code
        is ErrorCode.DataRejected
        or ErrorCode.CheckpointInvalid
        or ErrorCode.BundleInvalid
        or ErrorCode.BaseIncompatible
        or ErrorCode.Unprocessable
        or ErrorCode.SequenceTooLong
        or ErrorCode.AdapterInvalid
        or ErrorCode.ManifestInvalid
        or ErrorCode.ContractMismatch
        or ErrorCode.SharedVersionConflict
        or ErrorCode.NoExports
        or ErrorCode.MixedMode
        or ErrorCode.TaskNameTaken;
}
