using Telecom.Modeling.Bundles;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary>An adapter as the command line names it: a folder, or <c>name</c> or <c>name@version</c> of the store.</summary>
internal static class AdapterReference
{
    public const string Help = "DIR|NAME[@VERSION]";

    /// <returns>Folder with the two PEFT files.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>: there is no such folder or adapter.</exception>
    public static string Folder(string reference, string stateDirectory)
    {
        if (Directory.Exists(reference))
        {
            return PeftFolder.Exists(reference)
                ? Path.GetFullPath(reference)
                : throw new TelecomException(
                    ErrorCode.BundleInvalid,
                    $"The folder {reference} has no adapter: it needs {BundleLayout.AdapterConfiguration} and {BundleLayout.AdapterWeights}.");
        }

        return new AdapterStore(stateDirectory).Find(reference)?.Folder
            ?? throw new TelecomException(ErrorCode.NotFound, $"There is neither a folder {reference} nor an adapter of that name in {stateDirectory}.");
    }
}
