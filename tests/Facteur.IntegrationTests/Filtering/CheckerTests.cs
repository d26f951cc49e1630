using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Facteur.Delivery.Filtering;

namespace Facteur.IntegrationTests.Filtering;

/// <summary>Debian's rspamd, ClamAV and OpenDKIM look at messages.</summary>
public sealed class CheckerTests : IDisposable
{
    private const string Head = "From: a@example.org\r\nTo: moi@demo.test\r\nDate: Sat, 14 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nSubject: Bonjour\r\n  tout le monde\r\n";
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Rspamd_gives_points_and_refuses()
    {
        Programs.Require("rspamd");
        var endPoint = DaemonProcess.FreePort();
        File.WriteAllText(At("tld"), "// ===BEGIN ICANN DOMAINS===\norg\n");
        File.WriteAllText(At("rspamd.conf"), $$"""
            options {
              pidfile = "{{At("pid")}}"; tempdir = "{{folder}}"; hs_cache_dir = "{{folder}}"; url_tld = "{{At("tld")}}";
              filters = "regexp"; disable_hyperscan = true;
              dns { nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; }
            }
            logging { type = "console"; level = "warning"; }
            metric { name = "default"; actions { reject = 15; add_header = 6; } }
            regexp {
              PILLS { re = "/pilules magiques/i{mime}"; score = 7.5; }
              AUTHOR { re = "From=/@example\\.org/i{header}"; score = 0.5; }
            }
            worker "normal" { bind_socket = "{{endPoint}}"; count = 1; }
            """);
        await using var rspamd = await DaemonProcess.StartAsync(endPoint, "rspamd", ["-f", "-c", At("rspamd.conf"), .. AsRoot("--insecure", "-u", "root", "-g", "root")]);
        await using var policy = await CheckedPolicy.OpenAsync(folder, $$"""{ "headers": false, "rspamd": { "url": "http://{{endPoint}}", "onFailure": "defer" } }""");

        var verdict = await policy.JudgeAsync(Head + "\r\nÀ demain.\r\n");
        Assert.Equal((FilterAction.Accept, "rspamd gives 0.5 points: AUTHOR 0.5"), (verdict.Action, verdict.Reasons.Single().English));

        verdict = await policy.JudgeAsync(Head + "\r\nVoici des pilules magiques.\r\n");
        Assert.Equal((FilterAction.Junk, "rspamd gives 8.0 points: PILLS 7.5, AUTHOR 0.5"), (verdict.Action, verdict.Reasons.Single().English));

        // The pattern that every filter has to know; taken apart, so that no filter takes this file for spam.
        verdict = await policy.JudgeAsync(Head + "\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN" + "*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n");
        Assert.Equal("550 5.7.1 Gtube pattern", verdict.Refusal!.ToString());

        await rspamd.KillAsync();
        Assert.Equal(FilterAction.Defer, (await policy.JudgeAsync(Head + "\r\nÀ demain.\r\n")).Action);
    }

    [Fact]
    public async Task Clamd_finds_the_test_virus_in_a_message_and_in_its_attachment()
    {
        Programs.Require("clamd");
        // The file that every scanner has to know, as a signature of our own: nothing is downloaded. Taken apart for the same reason.
        var eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
        Directory.CreateDirectory(At("db"));
        File.WriteAllText(At("db/facteur.ndb"), $"Eicar-Facteur:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(eicar))}\n");
        File.WriteAllText(At("clamd.conf"), $"Foreground yes\nLocalSocket {At("clamd.sock")}\nDatabaseDirectory {At("db")}\nTemporaryDirectory {folder}\nStreamMaxLength 1M\n");
        await using var clamd = await DaemonProcess.StartAsync(new UnixDomainSocketEndPoint(At("clamd.sock")), "clamd", "-c", At("clamd.conf"));
        await using var policy = await CheckedPolicy.OpenAsync(folder, $$"""{ "headers": false, "attachments": { "executables": "off" }, "clamd": { "address": "unix:{{At("clamd.sock")}}", "onFailure": "defer" } }""");

        Assert.Equal(FilterAction.Accept, (await policy.JudgeAsync(Head + "\r\nÀ demain.\r\n")).Action);
        foreach (var message in new[]
        {
            $"{Head}\r\n{eicar}\r\n",
            $"{Head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nVoir.\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.ASCII.GetBytes(eicar))}\r\n--b--\r\n",
        })
            Assert.Equal("550 5.7.1 the message carries Eicar-Facteur.UNOFFICIAL", (await policy.JudgeAsync(message)).Refusal!.ToString());

        // Over its own limit: not looked at, which the reasons say.
        var verdict = await policy.JudgeAsync(Head + "\r\n" + new string('x', 3 << 20));
        Assert.Equal((FilterAction.Accept, "clamd.size"), (verdict.Action, verdict.Reasons.Single().Name));

        await clamd.KillAsync();
        Assert.Equal(FilterAction.Defer, (await policy.JudgeAsync(Head + "\r\nÀ demain.\r\n")).Action);
    }

    [Fact]
    public async Task Opendkim_as_a_milter_hears_the_octets_of_the_message()
    {
        Programs.Require("opendkim");
        using var key = RSA.Create(2048);
        File.WriteAllText(At("key"), key.ExportRSAPrivateKeyPem());
        File.WriteAllText(At("keys"), $"s1._domainkey.example.org v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}\n");
        var (signer, verifier) = (DaemonProcess.FreePort(), DaemonProcess.FreePort());
        const string both = "Background no\nSyslog no\nRequireSafeKeys no\n";
        File.WriteAllText(At("sign.conf"), $"{both}Mode s\nSocket inet:{Port(signer)}@127.0.0.1\nDomain example.org\nSelector s1\nKeyFile {At("key")}\nCanonicalization simple/simple\nInternalHosts 0.0.0.0/0\nPidFile {At("sign.pid")}\n");
        File.WriteAllText(At("verify.conf"), $"{both}Mode v\nSocket inet:{Port(verifier)}@127.0.0.1\nAuthservID mx.demo.test\nTestPublicKeys {At("keys")}\nPidFile {At("verify.pid")}\n");
        await using var signing = await DaemonProcess.StartAsync(signer, "opendkim", ["-f", "-x", At("sign.conf"), .. AsRoot("-u", "root")]);
        await using var verifying = await DaemonProcess.StartAsync(verifier, "opendkim", ["-f", "-x", At("verify.conf"), .. AsRoot("-u", "root")]);
        await using var forSigning = await CheckedPolicy.OpenAsync(folder, $$"""{ "headers": false, "milters": [ { "name": "opendkim", "address": "{{signer}}", "onFailure": "defer" } ] }""");
        await using var forVerifying = await CheckedPolicy.OpenAsync(folder, $$"""{ "headers": false, "milters": [ { "name": "opendkim", "address": "{{verifier}}", "onFailure": "defer" } ] }""");

        // Simple canonicalization: one octet told differently and the signature does not match.
        var message = Head + "X-Odd:  two  blanks \r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"Ligne {i}  \r\n")) + "\r\n\r\nFin\r\n";
        var signed = await forSigning.JudgeAsync(message);
        var signature = signed.AddedFields.Single(field => field.Name == "DKIM-Signature");
        var verdict = await forVerifying.JudgeAsync($"DKIM-Signature: {signature.Value}\r\n{message}");
        Assert.Equal(FilterAction.Accept, verdict.Action);
        Assert.Contains(verdict.AddedFields, field => field.Name == "Authentication-Results" && field.Value.Contains("dkim=pass", StringComparison.Ordinal));

        verdict = await forVerifying.JudgeAsync($"DKIM-Signature: {signature.Value}\r\n{message.Replace("Ligne 9", "Linie 9", StringComparison.Ordinal)}");
        Assert.Contains(verdict.AddedFields, field => field.Name == "Authentication-Results" && field.Value.Contains("dkim=fail", StringComparison.Ordinal));
    }

    private string At(string name) => Path.Combine(folder, name);

    private static string Port(System.Net.IPEndPoint endPoint) => endPoint.Port.ToString(CultureInfo.InvariantCulture);

    // As root they would change to a user who cannot read the test's folder.
    private static string[] AsRoot(params string[] arguments) => Environment.IsPrivilegedProcess ? arguments : [];
}
