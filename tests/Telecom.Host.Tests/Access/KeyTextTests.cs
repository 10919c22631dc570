using System.Security.Cryptography;
using System.Text;
using Telecom.Host.Access;

namespace Telecom.Host.Tests.Access;

public sealed class KeyTextTests
{
    [Fact]
    public void A_new_key_is_read_as_its_id_and_its_secret()
    {
        for (var i = 0; i < 100; i++)
        {
            var (id, secret) = (KeyText.NewId(), KeyText.NewSecret());

            Assert.True(KeyText.TryRead(KeyText.Write(id, secret), out var readId, out var readSecret));
            Assert.Equal((id, secret), (readId.ToString(), readSecret.ToString()));
        }
    }

    [Fact]
    public void A_secret_has_256_bits_and_none_is_made_twice()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => KeyText.NewSecret()).ToList();

        Assert.All(secrets, secret => Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(secret).Length));
        Assert.Equal(1000, secrets.Distinct().Count());
    }

    [Fact]
    public void The_hash_is_sha_256_of_the_secret()
    {
        var secret = KeyText.NewSecret();
        var hash = new byte[KeyText.HashBytes];

        KeyText.Hash(secret, hash);

        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(secret)), hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("telecom_")]
    [InlineData("telecom_abcdefghjkmn")]
    [InlineData("telecom_abcdefghjkmn_")]
    [InlineData("telecom_abcdefghjkmn_short")]
    [InlineData("telecom_abcdefghjkmnAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_")]
    [InlineData("Telecom_abcdefghjkmn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("telecom_abcdefghjkmn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("telecom_abcdefghjkmn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé")]
    public void What_has_not_the_form_of_a_key_is_none(string text) => Assert.False(KeyText.TryRead(text, out _, out _));
}
