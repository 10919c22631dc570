using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Which plugins may be loaded: all (<c>open</c>), those whose fingerprint is listed (<c>hash</c>), or those that a trusted key signed
/// (<c>signed</c>). A signature is ECDSA over P-256 with SHA-256, in DER, of the fingerprint's 64 lower-case hex characters, and lies in the folder as
/// <c>plugin.json.sig</c>; .NET has no Ed25519.
/// </summary>
internal sealed class PluginTrust : IDisposable
{
    private const string FileName = "plugin-trust.json";

    private readonly string mode;
    private readonly HashSet<string> fingerprints;
    private readonly List<ECDsa> keys;
    private readonly string? exemptDirectory;

    /// <param name="document">The settings.</param>
    /// <param name="exemptDirectory">Directory of the plugins that come with the host, which are trusted as the host is; null for none.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: the mode is unknown or a key cannot be read.</exception>
    public PluginTrust(PluginTrustDocument document, string? exemptDirectory)
    {
        mode = document.Mode is "open" or "hash" or "signed"
            ? document.Mode
            : throw new TelecomException(ErrorCode.DataRejected, $"{FileName}: mode is '{document.Mode}'; it must be open, hash or signed.");
        fingerprints = (document.Fingerprints ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase);
        keys = [.. (document.Keys ?? []).Select(Key)];
        this.exemptDirectory = exemptDirectory is null ? null : Path.GetFullPath(exemptDirectory);
    }

    /// <summary>Reads <c>plugin-trust.json</c> of the state folder; without one the mode is <c>open</c>.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: it cannot be read. A host that cannot know whom to trust trusts nobody.</exception>
    public static PluginTrust Open(string stateDirectory, string? exemptDirectory)
    {
        var path = Path.Combine(stateDirectory, FileName);
        if (!File.Exists(path))
        {
            return new(new() { Mode = "open" }, exemptDirectory);
        }

        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(path), PluginJson.Default.PluginTrustDocument);
            return new(document ?? throw new JsonException("it is null"), exemptDirectory);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <returns>Why a plugin may not be loaded; null when it may.</returns>
    /// <param name="folder">Its folder.</param>
    /// <param name="fingerprint">Fingerprint of the folder.</param>
    public PluginHold? Check(string folder, string fingerprint)
    {
        if (mode == "open" || Path.GetDirectoryName(Path.GetFullPath(folder)) == exemptDirectory)
        {
            return null;
        }

        return mode == "hash" ? CheckHash(fingerprint) : CheckSignature(Path.Combine(folder, PluginFiles.SignatureName), fingerprint);
    }

    /// <inheritdoc/>
    public void Dispose() => keys.ForEach(key => key.Dispose());

    private static ECDsa Key(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256)
            {
                return key;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new TelecomException(ErrorCode.DataRejected, $"{FileName}: a key is not a public key in PEM: {exception.Message}", exception);
        }

        key.Dispose();
        throw new TelecomException(ErrorCode.DataRejected, $"{FileName}: a key is not on the curve P-256.");
    }

    private PluginHold? CheckHash(string fingerprint) => fingerprints.Contains(fingerprint)
        ? null
        : new(PluginState.Rejected, ErrorCode.NotAllowed, $"Its fingerprint {fingerprint} is not listed in {FileName}. Add it to fingerprints to allow it.");

    private PluginHold? CheckSignature(string path, string fingerprint)
    {
        if (!File.Exists(path))
        {
            return new(
                PluginState.Rejected,
                ErrorCode.SignatureInvalid,
                $"It has no {PluginFiles.SignatureName}, and this host loads signed plugins only. Sign the fingerprint {fingerprint} with a trusted key.");
        }

        var signature = File.ReadAllBytes(path);
        var text = Encoding.ASCII.GetBytes(fingerprint);
        return keys.Exists(key => key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            ? null
            : new(
                PluginState.Rejected,
                ErrorCode.SignatureInvalid,
                $"{PluginFiles.SignatureName} is no signature of the fingerprint {fingerprint} by a trusted key: a file was changed, or the key is another.");
    }
}
