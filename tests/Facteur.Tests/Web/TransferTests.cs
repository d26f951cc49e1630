using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Facteur.Accounts.Contacts;
using Facteur.Storage;

namespace Facteur.Tests.Web;

/// <summary>Mail out as an archive and in as files, whatever is in them.</summary>
public sealed class TransferTests
{
    private const string Page = "/settings/data";
    private const string First = "From: a@x.test\r\nSubject: one\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\nFrom here\r\n>From there\r\n\r\nlast line\r\n";
    private const string Second = "From: b@x.test\r\nSubject: two\r\n\r\nno end of line";

    [Theory]
    [InlineData("mbox", "INBOX.mbox", "Famille/Voyages.mbox")]
    [InlineData("maildir", "INBOX/cur/", "Famille/Voyages/cur/")]
    public async Task What_goes_out_comes_in_again_as_it_was(string format, string inbox, string below)
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var label = await web.Store.CreateMailboxAsync(web.Moi.Id, "Famille/Voyages", MailboxRole.None, default);
        var home = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        await DeliverAsync(web, home.Id, First, MessageFlags.Seen | MessageFlags.Flagged);
        await DeliverAsync(web, home.Id, Second, MessageFlags.None);
        await DeliverAsync(web, label.Id, First, MessageFlags.Seen | MessageFlags.Answered);
        var archive = await ExportAsync(browser, format);
        using (var zip = new ZipArchive(new MemoryStream(archive)))
        {
            Assert.Contains(zip.Entries, one => one.FullName.StartsWith(inbox, StringComparison.Ordinal) && one.Length > 0);
            Assert.Contains(zip.Entries, one => one.FullName.StartsWith(below, StringComparison.Ordinal) && one.Length > 0);
        }

        Assert.Equal(Page + "#import", (await ImportAsync(browser, "all.zip", archive, "Retour", ("folders", "yes"))).Location);
        Assert.Equal([(First, MessageFlags.Seen | MessageFlags.Flagged), (Second + "\r\n", MessageFlags.None)], (await ReadAsync(web, "Retour")).OrderBy(one => one.Text));
        Assert.Equal([(First, MessageFlags.Seen | MessageFlags.Answered)], await ReadAsync(web, "Retour/Famille/Voyages"));
        Assert.Contains("3 messages are in", (await browser.GetAsync(Page)).Body);
        Assert.Empty(await web.Store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task Contacts_go_with_the_mail_and_come_in_as_they_were()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await web.Store.CreateMailboxAsync(web.Moi.Id, "contacts.vcf", MailboxRole.None, default);
        var card = """{"@type":"Card","version":"1.0","uid":"urn:x:1","name":{"full":"Élodie Ærø 😀"},"emails":{"home":{"address":"elodie@far.test","label":"maison"}},"exemple.fr:été":{"a":[1,null,"b,c;d\\\n"]}}""";
        await web.Store.Contacts.AddAsync(web.Moi.Id, [ContactCard.ToDraft(Encoding.UTF8.GetBytes(card))], default);
        byte[] file;
        using (var zip = new ZipArchive(new MemoryStream(await ExportAsync(browser, "maildir"))))
        {
            Assert.Contains(zip.Entries, one => one.FullName.StartsWith("contacts.vcf (2)/", StringComparison.Ordinal));
            await using var entry = await zip.GetEntry("contacts.vcf")!.OpenAsync();
            var copy = new MemoryStream();
            await entry.CopyToAsync(copy);
            file = copy.ToArray();
        }
        Assert.StartsWith("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:x:1\r\nFN:Élodie Ærø 😀\r\n", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
        var other = (await web.Store.Directory.FindAccountAsync("ami@demo.test", default))!.Id;
        var import = await new ContactBook(web.Store.Contacts, web.Clock).ImportAsync(other, new MemoryStream(file), default);
        Assert.Equal((1, 0), (import.Added, import.Refused));
        using JsonDocument sent = JsonDocument.Parse(card), kept = JsonDocument.Parse((await web.Store.Contacts.FindAsync(other, "urn:x:1", default))!.Card);
        Assert.All(sent.RootElement.EnumerateObject(), one => Assert.True(JsonElement.DeepEquals(one.Value, kept.RootElement.GetProperty(one.Name)), one.Name));
    }

    [Fact]
    public async Task A_mailbox_file_and_a_message_come_in_and_what_is_none_is_told()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Mbox = "From x Mon Jun  1 10:00:00 2026\nSubject: a\n\n>From b\n\n\nFrom y\nno message\n\nFrom z Tue Jun  2 10:00:00 2026\nStatus: O\nSubject: c\n\nd\n";
        await ImportAsync(browser, "old.mbox", Encoding.ASCII.GetBytes(Mbox), "Vieux", ("seen", "yes"));
        Assert.Equal([("Subject: a\r\n\r\nFrom b\r\n\r\n", MessageFlags.Seen), ("Subject: c\r\n\r\nd\r\n", MessageFlags.None)], await ReadAsync(web, "Vieux"));
        var report = (await browser.GetAsync(Page)).Body;
        Assert.Contains("2 messages are in", report);
        Assert.Contains("old.mbox, message 2: this is no message", report);

        await ImportAsync(browser, "one.eml", Encoding.ASCII.GetBytes(Second), "Vieux");
        Assert.Equal(3, (await web.Store.FindMailboxAsync(web.Moi.Id, "Vieux", default))!.Messages);
        await ImportAsync(browser, "<script>alert(1)</script>.mbox", [0xFF, 0xD8, 1, 2, 3], "Vieux");
        report = (await browser.GetAsync(Page)).Body;
        Assert.Contains("this is no mbox file", report);
        Assert.DoesNotContain("<script>alert", report);
        await ImportAsync(browser, "broken.zip", "PK no archive"u8.ToArray(), "Vieux");
        Assert.Contains("cannot be read to its end", (await browser.GetAsync(Page)).Body);
    }

    [Fact]
    public async Task Paths_in_an_archive_lead_nowhere_else()
    {
        string[] paths =
        [
            "../../etc/passwd.eml", "/absolute.eml", "C:\\windows\\x.eml", "..\\..\\x.eml", "a/../../../INBOX/x.eml", "INBOX/x.eml", "./././x.eml", "CON/NUL/x.eml", "\u202Ename/x.eml",
            "<script>alert(1)</script>/x.eml", new string('a', 300) + "/x.eml", string.Join('/', Enumerable.Repeat("b", 200)) + "/x.eml",
        ];
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        foreach (var path in paths)
        {
            var before = (await web.Store.ListMailboxesAsync(web.Moi.Id, default)).Select(one => (one.Name, one.Messages)).ToList();
            await ImportAsync(browser, "evil.zip", Zip((path, First)), "Ici", ("folders", "yes"));
            var after = await web.Store.ListMailboxesAsync(web.Moi.Id, default);
            Assert.All(after.Where(one => !before.Contains((one.Name, one.Messages))), one => Assert.True(one.Name == "Ici" || one.Name.StartsWith("Ici/", StringComparison.Ordinal), one.Name));
            Assert.Equal(before.Sum(one => one.Messages) + 1, after.Sum(one => one.Messages));
        }
        var archive = await ExportAsync(browser, "mbox");
        using var zip = new ZipArchive(new MemoryStream(archive));
        Assert.All(zip.Entries, one => Assert.DoesNotMatch(@"(^|/)\.\.?(/|$)|^/|[\\:*?""<>|]", one.FullName));
        Assert.DoesNotContain("<script>alert", (await browser.GetAsync(Page)).Body);
    }

    [Fact]
    public async Task A_bomb_is_put_out_and_other_files_come_in()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using (var bomb = zip.CreateEntry("bomb.eml", CompressionLevel.SmallestSize).Open())
            {
                await bomb.WriteAsync("Subject: x\r\n\r\n"u8.ToArray());
                var zeros = new byte[1024 * 1024];
                for (var i = 0; i < 150; i++) await bomb.WriteAsync(zeros);
            }
            await using (var good = zip.CreateEntry("good.eml").Open()) await good.WriteAsync(Encoding.ASCII.GetBytes(First));
            zip.CreateEntry("readme.txt");
        }
        await ImportAsync(browser, "mixed.zip", memory.ToArray(), "Ici");
        Assert.Equal(1, (await web.Store.FindMailboxAsync(web.Moi.Id, "Ici", default))!.Messages);
        Assert.Contains("1 file of the archive holds no mail", (await browser.GetAsync(Page)).Body);
    }

    [Fact]
    public async Task A_file_without_the_form_or_of_somebody_else_is_not_taken()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var stranger = web.Browse();
        Assert.StartsWith("/signin", (await ImportAsync(stranger, "a.eml", Encoding.ASCII.GetBytes(First), "Ici", form: "x")).Location);
        Assert.Equal(Page + "?why=form", (await ImportAsync(browser, "a.eml", Encoding.ASCII.GetBytes(First), "Ici", form: "x")).Location);
        Assert.Equal(Page + "?why=form", (await ImportAsync(browser, "a.eml", Encoding.ASCII.GetBytes(First), "Ici", form: (await stranger.GetAsync("/signin")).Field("form"))).Location);
        Assert.Equal(HttpStatusCode.Forbidden, (await ImportAsync(browser, "a.eml", Encoding.ASCII.GetBytes(First), "Ici", site: "cross-site")).Status);
        Assert.Equal(Page + "?why=name", (await ImportAsync(browser, "a.eml", Encoding.ASCII.GetBytes(First), "../x")).Location);
        Assert.Null(await web.Store.FindMailboxAsync(web.Moi.Id, "Ici", default));
    }

    [Fact]
    public async Task What_was_deleted_is_put_back_by_its_owner_alone()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var ami = await web.Services.Accounts.GetAccountAsync("ami@demo.test", default);
        foreach (var account in new[] { web.Moi.Id, ami.Id })
        {
            var inbox = (await web.Store.FindMailboxAsync(account, "INBOX", default))!;
            await DeliverAsync(web, inbox.Id, First.Replace("one", "<script>alert(1)</script>", StringComparison.Ordinal), MessageFlags.None);
            await web.Store.ExpungeAsync(inbox.Id, [UidRange.All], onlyDeleted: false, default);
        }
        var theirs = Assert.Single(await web.Store.Emails.ListRemovedAsync(ami.Id, 10, default));
        var page = await browser.GetAsync(Page);
        Assert.DoesNotContain("<script>alert", page.Body);
        Assert.Equal(Page + "?done=restored#removed", (await browser.SubmitAsync(Page, Page + "?handler=Restore", ("email", page.Field("email")), ("email", $"{theirs.Email.Value}"))).Location);
        Assert.Single(await ReadAsync(web, "INBOX"));
        Assert.Empty(await web.Store.Emails.ListRemovedAsync(web.Moi.Id, 10, default));
        Assert.Single(await web.Store.Emails.ListRemovedAsync(ami.Id, 10, default));
    }

    private static async Task<byte[]> ExportAsync(WebBrowser browser, string format)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Page + "?handler=Export")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("form", (await browser.GetAsync(Page)).Field("form")), KeyValuePair.Create("format", format)]),
        };
        using var answer = await browser.OpenAsync(request);
        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task<WebAnswer> ImportAsync(WebBrowser browser, string name, byte[] file, string into, (string Name, string Value)? more = null, string? form = null, string site = "same-origin")
    {
        var content = new MultipartFormDataContent { { new StringContent(form ?? (await browser.GetAsync(Page)).Field("form")), "form" }, { new StringContent(into), "into" } };
        if (more is { } field) content.Add(new StringContent(field.Value), field.Name);
        var part = new ByteArrayContent(file);
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = $"\"{name}\"" };
        content.Add(part);
        using var answer = await browser.OpenAsync(new HttpRequestMessage(HttpMethod.Post, Page + "/import") { Content = content }, ("Sec-Fetch-Site", site));
        return new WebAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in entries)
                using (var entry = zip.CreateEntry(name).Open()) entry.Write(Encoding.ASCII.GetBytes(text));
        return memory.ToArray();
    }

    private static async Task DeliverAsync(WebFixture web, MailboxId mailbox, string text, MessageFlags flags)
    {
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes(text), default);
        await intake.CompleteAsync(default);
        await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(mailbox, new FlagSet(flags, []), web.Clock.GetUtcNow())])], default);
    }

    private static async Task<List<(string Text, MessageFlags Flags)>> ReadAsync(WebFixture web, string name)
    {
        var mailbox = (await web.Store.FindMailboxAsync(web.Moi.Id, name, default))!;
        var found = new List<(string, MessageFlags)>();
        await using var reader = web.Store.ReadEmails(mailbox.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default))
        {
            await using var body = (await web.Store.OpenBodyAsync(reader.Body, default))!;
            var octets = new byte[body.Length];
            for (var read = 0; read < octets.Length;) read += await body.ReadAsync(read, octets.AsMemory(read), default);
            found.Add((Encoding.ASCII.GetString(octets), reader.Entry.Flags));
        }
        return found;
    }
}
