using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Facteur.Jmap.Push;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Encryption and signatures of Web Push, by the examples of RFC 8188, RFC 8291 and RFC 8292.</summary>
public sealed class PushEncryptionTests
{
    private const string Receiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string ReceiverPrivate = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    private const string Sender = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    private const string SenderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    private const string Auth = "BTBZMqHH6r4Tts7J_aSIgg";

    // RFC 8291 §5.
    private const string Encrypted =
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    private static readonly byte[] watermelon = Encoding.ASCII.GetBytes("When I grow up, I want to be a watermelon");

    [Fact]
    public void The_example_of_RFC_8188_3_1_comes_out()
    {
        var encrypted = Aes128Gcm.Encrypt("I am the walrus"u8, Decode("yqdlZ-tYemfogSmv7Ws5PQ"), Decode("I1BsxtFttlv3u_Oo94xnmw"), []);
        Assert.Equal("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg", Base64Url.EncodeToString(encrypted));
        Assert.Equal("I am the walrus"u8.ToArray(), Aes128Gcm.Decrypt(encrypted, Decode("yqdlZ-tYemfogSmv7Ws5PQ")));
    }

    [Fact]
    public void The_example_of_RFC_8291_5_comes_out()
    {
        Assert.True(PushKeys.TryRead(Receiver, Auth, out var keys));
        using var sender = P256.Import(Decode(Sender), Decode(SenderPrivate));
        Assert.Equal(Encrypted, Base64Url.EncodeToString(PushEncryption.Encrypt(watermelon, keys, sender, Decode("DGv6ra1nlYgDCS1FRnbzlw"))));
    }

    [Fact]
    public void What_is_encrypted_the_receiver_reads_and_nobody_who_changed_it()
    {
        Assert.True(PushKeys.TryRead(Receiver, Auth + "==", out var keys));
        using var receiver = P256.Import(Decode(Receiver), Decode(ReceiverPrivate));
        Assert.Equal(watermelon, PushEncryption.Decrypt(Decode(Encrypted), receiver, Decode(Auth)));
        foreach (var length in new[] { 0, 1, 300, PushEncryption.MaxContent })
        {
            var content = RandomNumberGenerator.GetBytes(length);
            var encrypted = PushEncryption.Encrypt(content, keys);
            Assert.True(encrypted.Length <= 4096);
            Assert.Equal(content, PushEncryption.Decrypt(encrypted, receiver, Decode(Auth)));
            Assert.NotEqual(encrypted, PushEncryption.Encrypt(content, keys));
            encrypted[^1] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => PushEncryption.Decrypt(encrypted, receiver, Decode(Auth)));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => PushEncryption.Encrypt(new byte[5000], keys));
    }

    [Theory]
    [InlineData("", Auth)]
    [InlineData(Receiver, "")]
    [InlineData(Receiver, "BTBZMqHH6r4Tts7J_aSI")]
    [InlineData("BCVxsr7N", Auth)]
    [InlineData("!!!!", Auth)]
    // A point that is not on the curve would give away our side of the agreement.
    [InlineData("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw8", Auth)]
    [InlineData("AyVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", Auth)]
    public void Keys_that_are_none_are_refused(string p256dh, string auth) => Assert.False(PushKeys.TryRead(p256dh, auth, out _));

    [Fact]
    public void The_example_of_RFC_8292_2_4_is_signed_as_ours_are()
    {
        const string Token =
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0"
            + ".i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
        Assert.Equal(
            """{"aud":"https://push.example.net","exp":1453523768,"sub":"mailto:push@example.com"}""",
            Verify(Token, "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs").ToString());
    }

    [Fact]
    public void A_push_service_is_told_who_we_are()
    {
        var time = new FakeTime();
        using var vapid = new Vapid(new byte[32], "mailto:postmaster@example.com", time);
        using var same = new Vapid(new byte[32], "mailto:postmaster@example.com", time);
        using var other = new Vapid([.. Enumerable.Repeat((byte)1, 32)], "mailto:postmaster@example.com", time);
        Assert.Equal(vapid.PublicKey, same.PublicKey);
        Assert.NotEqual(vapid.PublicKey, other.PublicKey);

        var field = vapid.AuthorizationFor(new Uri("https://push.example.net:8443/send/abc?d=1"));
        Assert.StartsWith("vapid t=", field, StringComparison.Ordinal);
        var parts = field["vapid ".Length..].Split(", ");
        Assert.Equal($"k={vapid.PublicKey}", parts[1]);
        var claims = Verify(parts[0][2..], vapid.PublicKey);
        Assert.Equal("https://push.example.net:8443", claims.GetProperty("aud").GetString());
        Assert.Equal("mailto:postmaster@example.com", claims.GetProperty("sub").GetString());
        Assert.InRange(claims.GetProperty("exp").GetInt64() - time.GetUtcNow().ToUnixTimeSeconds(), 3600, 24 * 3600);

        Assert.Equal(field, vapid.AuthorizationFor(new Uri("https://push.example.net:8443/send/other")));
        Assert.NotEqual(field, vapid.AuthorizationFor(new Uri("https://push.example.org/")));
        time.Advance(TimeSpan.FromHours(7));
        Assert.NotEqual(field, vapid.AuthorizationFor(new Uri("https://push.example.net:8443/send/other")));
    }

    private static JsonElement Verify(string token, string publicKey)
    {
        var dot = token.LastIndexOf('.');
        var point = Decode(publicKey);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes(token[..dot]), Decode(token[(dot + 1)..]), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        var parts = token.Split('.');
        Assert.Equal("""{"typ":"JWT","alg":"ES256"}""", Encoding.ASCII.GetString(Decode(parts[0])));
        return JsonDocument.Parse(Decode(parts[1])).RootElement;
    }

    private static byte[] Decode(string text) => Base64Url.DecodeFromChars(text);
}
