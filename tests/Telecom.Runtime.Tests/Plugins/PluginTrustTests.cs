using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginTrustTests
{
    [Fact]
    public void A_host_without_settings_loads_everything()
    {
        using var sandbox = new PluginSandbox("affine");

        Assert.Null(Check(sandbox));
    }

    [Fact]
    public void In_mode_hash_a_plugin_must_be_listed()
    {
        using var sandbox = new PluginSandbox("affine");
        Configure(sandbox, new { mode = "hash", fingerprints = Array.Empty<string>() });
        Assert.Equal((PluginState.Rejected, ErrorCode.NotAllowed), (Check(sandbox)!.State, Check(sandbox)!.Code));
        Assert.Contains(Fingerprint(sandbox), Check(sandbox)!.Reason, StringComparison.Ordinal);

        Configure(sandbox, new { mode = "hash", fingerprints = new[] { Fingerprint(sandbox) } });

        Assert.Null(Check(sandbox));
    }

    [Fact]
    public void In_mode_signed_a_signature_of_a_trusted_key_is_needed()
    {
        using var sandbox = new PluginSandbox("affine");
        using var trusted = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Configure(sandbox, new { mode = "signed", keys = new[] { trusted.ExportSubjectPublicKeyInfoPem() } });
        Assert.Contains("has no plugin.json.sig", Check(sandbox)!.Reason, StringComparison.Ordinal);

        Sign(sandbox, foreign);
        Assert.Equal(ErrorCode.SignatureInvalid, Check(sandbox)!.Code);
        Sign(sandbox, trusted);
        Assert.Null(Check(sandbox));
        File.AppendAllText(Path.Combine(Folder(sandbox), "plugin.json"), " ");

        Assert.Equal(ErrorCode.SignatureInvalid, Check(sandbox)!.Code);
    }

    [Fact]
    public void Plugins_that_come_with_the_host_are_trusted_as_the_host_is()
    {
        using var sandbox = new PluginSandbox("affine");
        Configure(sandbox, new { mode = "signed" });
        using var trust = PluginTrust.Open(sandbox.State, sandbox.Plugins);

        Assert.Null(trust.Check(Folder(sandbox), Fingerprint(sandbox)));
    }

    [Theory]
    [InlineData("""{"mode":"lax"}""", "must be open, hash or signed")]
    [InlineData("""{"mode":"signed","keys":["nonsense"]}""", "not a public key in PEM")]
    [InlineData("{", "cannot be read")]
    public void Settings_that_cannot_be_understood_keep_the_host_from_starting(string text, string why)
    {
        using var sandbox = new PluginSandbox();
        Directory.CreateDirectory(sandbox.State);
        File.WriteAllText(Path.Combine(sandbox.State, "plugin-trust.json"), text);

        var exception = Assert.Throws<TelecomException>(() => PluginTrust.Open(sandbox.State, null));

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_is_not_signed_is_taken_as_soon_as_its_signature_lies_beside_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var host = await LifecycleHost.StartAsync(
            sandbox => Configure(sandbox, new { mode = "signed", keys = new[] { key.ExportSubjectPublicKeyInfoPem() } }), "affine");
        Assert.Equal(ErrorCode.SignatureInvalid, Assert.Single(host.Catalog.Plugins).Error);

        Sign(host.Sandbox, key);
        await host.SettleAsync();

        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
    }

    private static string Folder(PluginSandbox sandbox) => Path.Combine(sandbox.Plugins, "affine");

    private static string Fingerprint(PluginSandbox sandbox) => PluginFingerprint.Compute(Folder(sandbox));

    private static PluginHold? Check(PluginSandbox sandbox)
    {
        using var trust = PluginTrust.Open(sandbox.State, null);
        return trust.Check(Folder(sandbox), Fingerprint(sandbox));
    }

    // As 'printf %s FINGERPRINT | openssl dgst -sha256 -sign KEY' does it.
    private static void Sign(PluginSandbox sandbox, ECDsa key) => File.WriteAllBytes(
        Path.Combine(Folder(sandbox), "plugin.json.sig"),
        key.SignData(Encoding.ASCII.GetBytes(Fingerprint(sandbox)), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    private static void Configure(PluginSandbox sandbox, object settings)
    {
        Directory.CreateDirectory(sandbox.State);
#pragma warning disable TEL002 // A test writes a settings file.
        File.WriteAllText(Path.Combine(sandbox.State, "plugin-trust.json"), JsonSerializer.Serialize(settings));
#pragma warning restore TEL002
    }
}
