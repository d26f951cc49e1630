using System.Text.RegularExpressions;
using Facteur.IntegrationTests.Dns;

namespace Facteur.IntegrationTests.World;

/// <summary>Mail between a Facteur and Postfix, both ways, judged by programs of other makes.</summary>
public sealed partial class PostfixExchangeTests(MailWorld world) : WorldTests(world)
{
    // Each signature of the message on standard input: its algorithm, and whether dkimpy verifies it.
    private const string VerifyAll = """
        import sys, dkim
        message = sys.stdin.buffer.read()
        count = message.lower().count(b"\ndkim-signature:")
        for index in range(count):
            signature = dkim.DKIM(message)
            good = signature.verify(idx=index)
            print(signature.signature_fields[b"d"].decode(), signature.signature_fields[b"a"].decode(), good)
        """;

    [Fact]
    public async Task What_Facteur_signs_other_makes_verify()
    {
        var subject = MailWorld.Subject("à Postfix");
        var sent = await World.A.SendAsync(MailWorld.Ann, MailWorld.Paul, subject, "Bonjour Paul,\r\n\r\n  deux  blancs \r\n..et un point\r\n\r\n");
        var message = await World.Postfix.WaitMessageAsync("paul", subject);
        Assert.Contains("ESMTPS", message, StringComparison.Ordinal);
        await World.A.WaitAttemptAsync(sent, "p.test", "1 delivered");
        var row = Assert.Single(await World.A.TraceAsync(sent, "Sent"));
        Assert.Matches(@"^TLS ?v?1\.[23]$", row.GetProperty("detail").GetProperty("security").GetString());

        var dkimpy = await World.Named.RunAsync(message, "/usr/bin/python3", "-c", VerifyAll);
        if (dkimpy.Error.Contains("No module named", StringComparison.Ordinal)) Assert.Skip(dkimpy.Error);
        Assert.True(dkimpy.ExitCode == 0, dkimpy.ToString());
        Assert.Equal(["a.test ed25519-sha256 True", "a.test rsa-sha256 True"], dkimpy.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());

        var opendkim = await World.Named.RunAsync(Canonical(message), LabProcess.Find("opendkim-testmsg"));
        Assert.True(opendkim.ExitCode == 0, opendkim.ToString());
        // It says nothing of what is good: that it does say something of what is not.
        Assert.NotEqual(0, (await World.Named.RunAsync(Canonical(message) + "more\r\n", LabProcess.Find("opendkim-testmsg"))).ExitCode);

        AssertResult(message, @"dkim=pass \(.*?\) header\.d=a\.test");
        AssertResult(message, @"dmarc=pass \(p=reject dis=none\) header\.from=a\.test");
        AssertResult(message, @"spf=pass smtp\.mailfrom=a\.test");
    }

    [Fact]
    public async Task What_Postfix_sends_passes_SPF_and_DMARC_here_and_its_DANE_accepts_our_records()
    {
        var subject = MailWorld.Subject("from Postfix");
        await World.Postfix.SendAsync(MailWorld.Paul, MailWorld.Ann, subject, "Hello Ann.");
        var results = VerifiedTransportTests.Results(await World.A.WaitMessageAsync(MailWorld.Ann, subject));
        Assert.Contains("spf=pass smtp.mailfrom=p.test", results, StringComparison.Ordinal);
        Assert.Contains("dkim=none", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", results, StringComparison.Ordinal);

        await World.Postfix.SendAsync(MailWorld.Paul, MailWorld.Bob, subject, "Hello Bob.");
        await World.B.WaitMessageAsync(MailWorld.Bob, subject);
        await World.Postfix.WaitLogAsync(VerifiedToB());
    }

    [Fact]
    public async Task A_forged_author_is_refused_in_the_session_as_DMARC_asks()
    {
        var subject = MailWorld.Subject("forged");
        await World.Postfix.SendAsync(MailWorld.Paul, MailWorld.Bob, subject, "Send money.", author: MailWorld.Ann);
        var bounce = await World.Postfix.WaitMessageAsync("paul", subject);
        Assert.Matches(@"said:\s+550\s+5\.7\.\d+", bounce);
        Assert.Equal(0, await World.B.CountAsync(MailWorld.Bob, subject));
        // Refusals are written into the trace within a second, many together.
        System.Text.Json.JsonElement? life = null;
        for (var turn = 0; life is null && turn < 30; turn++)
            life = (await World.B.AskAsync("trace", MailWorld.Paul)).EnumerateArray().Where(one => one.GetProperty("outcome").GetString() == "Refused").Select(one => (System.Text.Json.JsonElement?)one).FirstOrDefault();
        Assert.NotNull(life);
        Assert.Equal("fail", life.Value.GetProperty("rows")[0].GetProperty("detail").GetProperty("dmarc").GetString());
    }

    /// <summary>The milters of Postfix found this.</summary>
    internal static void AssertResult(string message, string pattern) =>
        Assert.True(Regex.IsMatch(message, @"^Authentication-Results: mail\.p\.test;\s+" + pattern, RegexOptions.Multiline | RegexOptions.Singleline), message);

    // Debian's verifier looks for CRLF; a Maildir has LF.
    private static string Canonical(string message) => message.ReplaceLineEndings("\r\n");

    [GeneratedRegex(@"Verified TLS connection established to mail\.b\.test\[127\.0\.5\.2\]:25: TLSv1\.[23]")]
    private static partial Regex VerifiedToB();
}
