using System.IO.Compression;
using System.Text;
using Facteur.Delivery.Filtering;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>What headers, attachments and structures say.</summary>
public sealed class ContentTests
{
    private const string Head = "From: A <a@example.org>\nTo: moi@demo.test\nDate: Sat, 14 Mar 2026 09:00:00 +0000\nMessage-ID: <1@example.org>\nSubject: S\nMIME-Version: 1.0\n";

    [Theory]
    [InlineData("Date: Sat, 14 Mar 2026 09:00:00 +0000\n", "", "header.no-date")]
    [InlineData("Date: Sat, 14 Mar 2026", "Date: Mon, 16 Mar 2026", "header.future")]
    [InlineData("Date: Sat, 14 Mar 2026", "Date: Sat, 3 Jan 2026", "header.old")]
    [InlineData("Date: Sat, 14 Mar 2026 09:00:00 +0000", "Date: demain", "header.bad-date")]
    [InlineData("Message-ID: <1@example.org>\n", "", "header.no-id")]
    [InlineData("From: A <a@example.org>\n", "", "header.from")]
    [InlineData("From: A <a@example.org>\n", "From: a@example.org\nFrom: b@example.org\n", "header.from")]
    [InlineData("From: A <a@example.org>", "From: A <a at example>", "header.from-address")]
    [InlineData("From: A <a@example.org>", "From: \"service@bank.example\" <a@example.org>", "header.from-name")]
    [InlineData("From: A <a@example.org>", "From: \"a@example.org\" <a@example.org>", "")]
    [InlineData("From: A <a@example.org>", "From: \"meet @ noon\" <a@example.org>", "")]
    [InlineData("To: moi@demo.test\n", "", "header.no-recipient")]
    [InlineData("To: moi@demo.test\n", "List-Id: <l.example.org>\n", "")]
    [InlineData("Subject: S\n", "Subject: S\nSubject: T\n", "header.repeated")]
    [InlineData("Subject: S\n", "Subject: S\nno field at all\n", "header.stray-line")]
    [InlineData("", "", "")]
    public async Task Odd_headers_are_points(string part, string instead, string reason)
    {
        using var fixture = new FilterFixture();
        var message = part.Length == 0 ? Head : Head.Replace(part, instead, StringComparison.Ordinal);
        Assert.Equal(reason, string.Join(',', await fixture.ReasonsAsync(Input(message + "\nBonjour\n"))));
    }

    [Fact]
    public async Task Many_named_recipients_are_points()
    {
        using var fixture = new FilterFixture();
        var cc = "Cc: " + string.Join(",\n ", Enumerable.Range(0, 60).Select(i => $"u{i}@demo.test")) + "\n";
        Assert.Equal(["header.many-recipients"], await fixture.ReasonsAsync(Input(Head + cc + "\nx\n")));
    }

    private static string Mail(string type, string disposition, byte[] content) =>
        Head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nVoir.\n--b\n"
        + $"Content-Type: {type}\nContent-Disposition: {disposition}\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\n--b--\n";

    [Theory]
    [InlineData("application/octet-stream", "attachment; filename=facture.pdf.EXE", "file.executable")]
    [InlineData("application/octet-stream", "attachment; filename=\"facture.exe. \"", "file.executable")]
    [InlineData("application/octet-stream", "attachment; filename*=utf-8''facture.%6As", "file.executable")]
    [InlineData("image/png; name=photo.scr", "inline", "file.executable")]
    [InlineData("application/x-msdownload", "attachment", "file.executable")]
    [InlineData("application/pdf", "attachment; filename=facture.pdf", "")]
    public async Task Files_that_run_are_named_and_put_into_junk(string type, string disposition, string reason)
    {
        using var fixture = new FilterFixture();
        await fixture.Policy.Correspondents.NoteSentAsync(Moi.Account, ["a@example.org"], default);
        var verdict = await fixture.Policy.JudgeAsync(Input(Mail(type, disposition, "%PDF-1.4"u8.ToArray())), default);
        Assert.Equal(reason, string.Join(',', verdict.Reasons.Select(found => found.Name)));
        Assert.Equal(reason.Length > 0 ? FilterAction.Junk : FilterAction.Accept, verdict.For(Moi.Account).Action);
    }

    [Fact]
    public async Task A_program_under_another_name_is_one()
    {
        using var fixture = new FilterFixture("""{ "attachments": { "executables": "reject" } }""");
        var program = Convert.FromHexString("4d5a90000300000004000000ffff0000b800000000000000400000000000000000000000");
        var verdict = await fixture.Policy.JudgeAsync(Input(Mail("application/octet-stream", "attachment; filename=photo.dat", program)), default);
        Assert.Equal("550 5.7.1 programs are not taken as attachments here; send a link instead", verdict.Refusal!.ToString());
        verdict = await fixture.Policy.JudgeAsync(Input(Mail("application/octet-stream", "attachment; filename=photo.dat", "MZ is a way to begin a text as any other, of course."u8.ToArray())), default);
        Assert.Null(verdict.Refusal);
    }

    [Theory]
    [InlineData("a/b/facture.js", "file.executable")]
    [InlineData("a/b/facture.pdf", "")]
    public async Task Archives_are_looked_into_by_name(string name, string reason)
    {
        using var fixture = new FilterFixture();
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            // The names after incompressible files stand anywhere in the pieces that are read.
            for (var i = 0; i < 40; i++)
            {
                await using var file = await archive.CreateEntry($"photo{i}.jpg", CompressionLevel.NoCompression).OpenAsync();
                var noise = new byte[3_001 + (i * 37)];
                new Random(i).NextBytes(noise);
                await file.WriteAsync(noise);
            }
            await using var last = await archive.CreateEntry(name).OpenAsync();
            await last.WriteAsync("x"u8.ToArray());
        }
        Assert.Equal(reason, string.Join(',', await fixture.ReasonsAsync(Input(Mail("application/zip", "attachment; filename=a.zip", zip.ToArray())))));
    }

    [Fact]
    public async Task An_encrypted_archive_is_points_and_a_bomb_costs_its_octets()
    {
        using var fixture = new FilterFixture();
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var file = await archive.CreateEntry("zeros.txt", CompressionLevel.SmallestSize).OpenAsync();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 16; i++) await file.WriteAsync(zeros);
        }
        var octets = zip.ToArray();
        Assert.Empty(await fixture.ReasonsAsync(Input(Mail("application/zip", "attachment; filename=a.zip", octets))));
        octets[6] |= 1;
        Assert.Equal(["file.encrypted"], await fixture.ReasonsAsync(Input(Mail("application/zip", "attachment; filename=a.zip", octets))));
    }

    [Theory]
    [InlineData("""{ "attachments": { "executables": "off" } }""", "", FilterAction.Accept)]
    [InlineData("""{ "attachments": { "executables": "score", "score": 2 } }""", "file.executable", FilterAction.Accept)]
    [InlineData("""{ "attachments": { "except": ["js"] } }""", "", FilterAction.Accept)]
    public async Task The_rule_is_a_setting(string settings, string reason, FilterAction action)
    {
        using var fixture = new FilterFixture(settings);
        var verdict = await fixture.Policy.JudgeAsync(Input(Mail("text/plain", "attachment; filename=a.js", "x"u8.ToArray())), default);
        Assert.Equal((reason, action), (string.Join(',', verdict.Reasons.Select(found => found.Name)), verdict.Action));
    }

    [Theory]
    [Trait("Promise", "S-13")]
    [InlineData(600, 1, "mime.complex")]
    [InlineData(12_000, 1, "mime.beyond")]
    [InlineData(1, 40, "mime.complex")]
    [InlineData(1, 200, "mime.beyond")]
    [InlineData(100, 5, "")]
    public async Task Structures_that_nobody_writes_are_points_and_beyond_the_bounds_junk(int parts, int levels, string reason)
    {
        using var fixture = new FilterFixture();
        var message = new StringBuilder(Head);
        for (var i = 0; i < levels; i++) message.Append($"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n");
        message.Append("Content-Type: text/plain\n\nx\n");
        for (var i = 1; i < parts; i++) message.Append($"--b{levels - 1}\n\nx\n");
        for (var i = levels - 1; i >= 0; i--) message.Append($"--b{i}--\n");
        var verdict = await fixture.Policy.JudgeAsync(Input(message.ToString()), default);
        Assert.Equal(reason, string.Join(',', verdict.Reasons.Select(found => found.Name)));
        Assert.Equal(reason == "mime.beyond" ? FilterAction.Junk : FilterAction.Accept, verdict.Action);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task A_header_without_end_is_junk_and_read_in_bounds()
    {
        using var fixture = new FilterFixture();
        var input = Input(Head + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-{i}: xxxxxxxxxxxxxxxxxxxx\n")) + "\nx\n");
        var verdict = await fixture.Policy.JudgeAsync(input, default);
        Assert.Equal((FilterAction.Junk, "mime.header"), (verdict.Action, Assert.Single(verdict.Reasons).Name));
        Assert.InRange(((MemorySource)input.Source).LargestRead, 1, 64 * 1024);
    }
}
