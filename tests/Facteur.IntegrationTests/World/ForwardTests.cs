using System.Text.RegularExpressions;
using Facteur.IntegrationTests.Dns;

namespace Facteur.IntegrationTests.World;

/// <summary>Mail that an account sends on: its target sees a sender of ours that SPF knows, and reports about it reach who wrote it.</summary>
public sealed partial class ForwardTests(MailWorld world) : WorldTests(world)
{
    // Whether dkimpy takes the chain of seals of the message on standard input, and who made the newest.
    private const string VerifySeal = """
        import sys, dkim
        verdict, results, reason = dkim.arc_verify(sys.stdin.buffer.read())
        print(verdict, results[0]["as-domain"].decode() if results else reason)
        """;

    [Fact]
    public async Task The_target_of_a_forward_sees_a_rewritten_sender_that_SPF_passes()
    {
        var subject = MailWorld.Subject("to be forwarded");
        await World.B.SendAsync(MailWorld.Bob, MailWorld.Forward, subject, "Hello whoever reads this.");
        await World.A.WaitMessageAsync(MailWorld.Forward, subject);
        var message = await World.Postfix.WaitMessageAsync("paul", subject);
        var returnPath = ReturnPath().Match(message).Groups[1].Value;
        Assert.Matches(@"^SRS0=[^=@]+=[^=@]+=b\.test=bob@a\.test$", returnPath);
        var spf = await World.Named.RunAsync(null, LabProcess.Find("spfquery.mail-spf-perl"),
            "--scope", "mfrom", "--identity", returnPath, "--ip-address", $"{World.A.Address}", "--helo-identity", "mail.a.test");
        Assert.True(spf.ExitCode == 0, spf.ToString());
        Assert.StartsWith("pass", spf.Output, StringComparison.Ordinal);
        // What was found on the way in travels on, sealed (RFC 8617).
        var sealing = await World.Named.RunAsync(message, "/usr/bin/python3", "-c", VerifySeal);
        if (sealing.Error.Contains("No module named", StringComparison.Ordinal)) Assert.Skip(sealing.Error);
        Assert.True(sealing.Output == "b'pass' a.test\n", sealing + message);
        PostfixExchangeTests.AssertResult(message, @"dkim=pass \(.*?\) header\.d=b\.test");
        PostfixExchangeTests.AssertResult(message, @"dmarc=pass \(p=reject dis=none\) header\.from=b\.test");
    }

    [Fact]
    public async Task A_bounce_of_forwarded_mail_finds_its_way_back()
    {
        var subject = MailWorld.Subject("forwarded to nobody");
        await World.B.SendAsync(MailWorld.Bob, MailWorld.Lost, subject, "This comes back.");
        var bounce = await World.B.WaitMessageAsync(MailWorld.Bob, subject);
        Assert.Contains("This is the mail system at host mail.p.test.", bounce, StringComparison.Ordinal);
        Assert.StartsWith("Return-Path: <>", bounce, StringComparison.Ordinal);
        Assert.Equal(0, await World.A.CountAsync(MailWorld.Lost, subject));
    }

    [GeneratedRegex(@"^Return-Path: <([^>]*)>", RegexOptions.Multiline)]
    private static partial Regex ReturnPath();
}
