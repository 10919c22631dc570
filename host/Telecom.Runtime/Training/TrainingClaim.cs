using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Training;

/// <summary>Keeps a second run, of this or another process, away from one output folder and its checkpoint.</summary>
internal sealed class TrainingClaim : IDisposable
{
    private readonly FileStream held;

    private TrainingClaim(FileStream held) => this.held = held;

    /// <param name="folder">Bundle folder that the run will write.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: another run has it, or nothing can be written there.</exception>
    public static TrainingClaim Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            return new TrainingClaim(new FileStream(
                folder + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                $"No run can write to {folder} now: {exception.Message} Wait for the run that has it, or name another folder with --out.",
                exception);
        }
    }

    public void Dispose() => held.Dispose();
}
