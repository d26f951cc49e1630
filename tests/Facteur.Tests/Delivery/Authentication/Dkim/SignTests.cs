using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>Making DKIM signatures, keys and their DNS records (RFC 6376 §5).</summary>
public sealed class SignTests
{
    private static readonly DkimKey rsa = DkimKey.Generate("example.org", "2026a-rsa", DkimAlgorithm.RsaSha256);
    private static readonly DkimKey ed25519 = DkimKey.Generate("example.org", "2026a-ed25519", DkimAlgorithm.Ed25519Sha256);
    private static readonly DateTimeOffset now = new FakeTime().GetUtcNow();

    [Theory]
    [InlineData(VerifyTests.Message)]
    [InlineData("From: a@example.org\r\n\r\n")]
    [InlineData("From: a@example.org\r\n")]
    [InlineData("From: a@example.org\r\n\r\nno line end")]
    [InlineData("from:a@example.org\r\nFROM:b@example.org\r\nX-Long: 1\r\n 2\r\n\r\n \t\r\n\r\n")]
    [InlineData("From: a@example.org\r\nno field at all\r\nbody\r\n")]
    public async Task Both_kinds_of_signature_pass_at_a_verifier(string message)
    {
        foreach (var step in new[] { 0, 1, 5 })
        {
            var signed = Sign(message, step, rsa, ed25519);
            var results = (await Verifying.AllAsync(signed, Zone(rsa, ed25519), step: step)).Dkim;
            Assert.Equal([(DkimVerdict.Pass, "2026a-rsa"), (DkimVerdict.Pass, "2026a-ed25519")], results.Select(result => (result.Verdict, result.Selector)));
        }
    }

    [Fact]
    public void The_field_is_folded_and_names_what_readers_see_once_more_than_it_is_there()
    {
        var signed = Sign(VerifyTests.Message, 0, rsa);
        var field = signed[..^VerifyTests.Message.Length];
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.StartsWith("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org;\r\n\ts=2026a-rsa; t=1773480413;\r\n\th=From:From:To:To:Cc:Subject:Subject:Date:Date:Message-ID:Reply-To:", field, StringComparison.Ordinal);
        Assert.DoesNotContain("Received", field, StringComparison.Ordinal);
        Assert.DoesNotContain("List-Id", field, StringComparison.Ordinal);
    }

    // RFC 8058 §4: one-click unsubscription counts only when it is signed.
    [Fact]
    public void List_fields_are_signed_when_they_are_there()
    {
        var signed = Sign("List-Unsubscribe: <https://example.org/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + VerifyTests.Message, 0, rsa);
        Assert.Matches("List-Unsubscribe:\\s*List-Unsubscribe-Post", signed);
    }

    [Theory]
    [InlineData("From: Eve <eve@example.com>\r\n")]
    [InlineData("Subject: Urgent\r\n")]
    [InlineData("Reply-To: eve@example.com\r\n")]
    [InlineData("Content-Type: text/html\r\n")]
    [InlineData("Cc: eve@example.com\r\n")]
    public async Task Nobody_can_add_a_field_that_readers_see(string field)
    {
        var signed = Sign(VerifyTests.Message, 0, ed25519);
        Assert.Equal(DkimVerdict.Fail, (await Verifying.OneAsync(field + signed, Zone(ed25519))).Verdict);
        Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync("Received: x\r\n" + signed, Zone(ed25519))).Verdict);
    }

    [Theory]
    [InlineData("To: a@example.org\r\n\r\n")]
    [InlineData("")]
    public void What_has_no_From_is_not_signed(string message) => Assert.Equal(message, Sign(message, 0, rsa));

    [Fact]
    public void Keys_are_PKCS8_that_others_read_and_records_name_their_public_half()
    {
        using var key = RSA.Create();
        key.ImportFromPem(rsa.PrivateKeyPem);
        Assert.Equal(2048, key.KeySize);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", rsa.PrivateKeyPem, StringComparison.Ordinal);
        Assert.Equal($"v=DKIM1; k=rsa; h=sha256; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}", DkimRecord.Text(rsa));
        Assert.Matches("^v=DKIM1; k=ed25519; h=sha256; p=[A-Za-z0-9+/]{43}=$", DkimRecord.Text(ed25519));
        Assert.Matches("^2026a-rsa\\._domainkey\\.example\\.org\\. 3600 IN TXT \"v=DKIM1; [^\"]{246}\" \"[^\"]{1,255}\"$", DkimRecord.ZoneLine(rsa, TimeSpan.FromHours(1)));
        Assert.Equal(DkimRecord.Text(rsa), string.Concat(DkimRecord.ZoneLine(rsa, TimeSpan.FromHours(1)).Split('"').Where((_, i) => i % 2 == 1)));
        Assert.DoesNotContain("PRIVATE", rsa.ToString(), StringComparison.Ordinal);
    }

    // RFC 8410 §10.3 has this key, whose public half is known.
    [Fact]
    public void A_key_of_another_program_is_read()
    {
        var key = new DkimKey("example.org", "x", DkimAlgorithm.Ed25519Sha256, "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n");
        Assert.EndsWith("; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", DkimRecord.Text(key), StringComparison.Ordinal);
        Assert.Throws<CryptographicException>(() => DkimSigningKey.Load(key with { PrivateKeyPem = "nothing" }));
        Assert.Throws<CryptographicException>(() => DkimSigningKey.Load(key with { PrivateKeyPem = rsa.PrivateKeyPem }));
        Assert.Throws<CryptographicException>(() => DkimSigningKey.Load(rsa with { PrivateKeyPem = "nothing" }));
        Assert.Throws<CryptographicException>(() => DkimSigningKey.Load(rsa with { PrivateKeyPem = key.PrivateKeyPem }));
    }

    [Fact]
    public void Selectors_tell_year_order_and_kind()
    {
        Assert.Equal("2026a-rsa", DkimKey.NextSelector([], DkimAlgorithm.RsaSha256, now));
        Assert.Equal("2026b-rsa", DkimKey.NextSelector(["2026a-rsa", "2026a-ed25519", "2025b-rsa"], DkimAlgorithm.RsaSha256, now));
        Assert.Equal("2026aa-ed25519", DkimKey.NextSelector(Enumerable.Range('a', 26).Select(letter => $"2026{(char)letter}-ed25519"), DkimAlgorithm.Ed25519Sha256, now));
    }

    [Fact]
    public void A_record_is_compared_with_the_key_it_is_for()
    {
        var text = DkimRecord.Text(rsa);
        Assert.Null(DkimRecord.Fault(rsa, [text]));
        Assert.Equal("there is no key record", DkimRecord.Fault(rsa, []));
        Assert.Equal("there is no key record", DkimRecord.Fault(rsa, ["v=spf1 -all"]));
        Assert.Equal("the record has another key", DkimRecord.Fault(rsa, [DkimRecord.Text(rsa with { PrivateKeyPem = DkimModel.RsaPem })]));
        Assert.Equal("the record has a key of another type (k=ed25519)", DkimRecord.Fault(rsa, [DkimRecord.Text(ed25519)]));
        Assert.Equal("the record says that the key is revoked", DkimRecord.Fault(rsa, ["v=DKIM1; p="]));
        Assert.Equal("the record says that DKIM is being tested (t=y)", DkimRecord.Fault(rsa, [text + "; t=y"]));
        Assert.Equal("the record cannot be read as a key", DkimRecord.Fault(rsa, [text.Replace(";", "\\;", StringComparison.Ordinal)]));
        Assert.Equal("there is more than one TXT record", DkimRecord.Fault(rsa, [text, "other"]));
    }

    [Fact]
    public async Task One_key_signs_for_many_at_once()
    {
        using var key = DkimSigningKey.Load(rsa);
        var signed = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(() => Sign($"Subject: {n}\r\n" + VerifyTests.Message, 0, [key]))));
        foreach (var message in signed) Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync(message, Zone(rsa))).Verdict);
    }

    internal static ZoneResolver Zone(params DkimKey[] keys)
    {
        var zone = new ZoneResolver();
        foreach (var key in keys) zone.Txt(key.RecordName, DkimRecord.Text(key));
        return zone;
    }

    internal static string Sign(string message, int step, params DkimKey[] keys)
    {
        var loaded = Array.ConvertAll(keys, DkimSigningKey.Load);
        try
        {
            return Sign(message, step, loaded);
        }
        finally
        {
            foreach (var key in loaded) key.Dispose();
        }
    }

    private static string Sign(string message, int step, DkimSigningKey[] keys)
    {
        using var signer = new DkimSigner(keys);
        var octets = Encoding.Latin1.GetBytes(message);
        for (var at = 0; at < octets.Length; at += step == 0 ? octets.Length : step) signer.Write(octets.AsSpan(at, step == 0 ? octets.Length : Math.Min(step, octets.Length - at)));
        var output = new ArrayBufferWriter<byte>();
        var isSigned = signer.Complete(output, now);
        Assert.Equal(isSigned, output.WrittenCount > 0);
        return Encoding.Latin1.GetString(output.WrittenSpan) + message;
    }
}
