using System.Text;
using Facteur.Accounts.Contacts;
using Facteur.Accounts.Contacts.VCards;
using Facteur.Storage;
using Facteur.Storage.Contacts;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;

namespace Facteur.Tests.Accounts.Contacts;

/// <summary>Files of vCards in and out (RFC 6350), as phones and programs write them.</summary>
public sealed class VCardTests : IAsyncLifetime
{
    private const string Phone = """
        BEGIN:VCARD
        VERSION:3.0
        PRODID:-//Apple Inc.//iPhone OS 17.1//EN
        N:Martin;Élodie;Rose;Dr;PhD
        FN:Dr Élodie Martin
        NICKNAME:Lo,Lolo
        ORG:Société\, Générale;Recherche;Réseaux
        TITLE:Ingénieure
        item1.EMAIL;type=INTERNET;type=WORK:elodie@far.test
        item1.X-ABLabel:Bureau
        EMAIL;TYPE=HOME,pref:em@far.test
        TEL;type=CELL;type=VOICE;type=pref:+33 6 12 34 56 78
        item2.ADR;type=HOME:;;12 rue de la Paix;Paris;;75002;France
        BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-14
        URL;type=pref:https://far.test/elodie
        NOTE:Première ligne\nseconde\; avec \\ et une ligne qui est bien plus longue que
          ce qu'une ligne peut être
        PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD
         AAAA==
        END:VCARD
        """;

    private readonly TemporaryFolder folder = new();
    private readonly FakeTime time = new();
    private EmbeddedStore store = null!;
    private AccountId ada;

    private ContactBook Book => new(store.Contacts, time);

    public async ValueTask InitializeAsync()
    {
        store = await TestStore.OpenAsync(folder.Path, time);
        var domain = await store.Directory.AddDomainAsync("demo.test", default);
        ada = (await store.Directory.AddAccountAsync(domain.Id, "ada@demo.test", "Ada", default)).Id;
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    private Task<ContactImport> ImportAsync(string text) => ImportAsync(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));

    private async Task<ContactImport> ImportAsync(byte[] octets) => await Book.ImportAsync(ada, new MemoryStream(octets), default);

    private async Task<ContactFields> FieldsAsync(string search = "")
    {
        var line = Assert.Single((await Book.PageAsync(ada, new ContactListing(search, 0, 10), default)).Lines);
        return (await Book.FindAsync(ada, line.Id, default))!.Value.Fields;
    }

    private async Task<string> ExportAsync(bool isOld)
    {
        var file = new MemoryStream();
        await Book.ExportAsync(ada, isOld, file, default);
        return Encoding.UTF8.GetString(file.ToArray());
    }

    private static void IsElodie(ContactFields fields)
    {
        Assert.Equal(("Élodie", "Martin", "Société, Générale", "Ingénieure", "Lo"), (fields.Given, fields.Surname, fields.Organization, fields.Title, fields.Nickname));
        Assert.Equal([("elodie@far.test", "work"), ("em@far.test", "private")], fields.Emails.Select(one => (one.Value, one.Kind)));
        Assert.Equal(("+33 6 12 34 56 78", "mobile"), (fields.Phones[0].Value, fields.Phones[0].Kind));
        Assert.Equal(new ContactAddress("12 rue de la Paix", "75002", "Paris", "", "France"), fields.Address);
        Assert.Equal(new ContactDay(null, 3, 14), fields.Birthday);
        Assert.Equal("Première ligne\nseconde; avec \\ et une ligne qui est bien plus longue que ce qu'une ligne peut être", fields.Note);
    }

    [Fact]
    public async Task A_card_of_a_phone_comes_in_and_a_photo_is_left_out()
    {
        var import = await ImportAsync(Phone);
        Assert.Equal((1, 0, 0, 1), (import.Added, import.Same, import.Refused, import.Photos));
        IsElodie(await FieldsAsync());
        Assert.Equal(["em@far.test", "elodie@far.test"], Assert.Single((await Book.PageAsync(ada, new ContactListing("recherche", 0, 10), default)).Lines).Emails);
        // The same again, though it has no uid: once is enough.
        import = await ImportAsync(Phone);
        Assert.Equal((0, 1), (import.Added, import.Same));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_goes_out_comes_in_as_it_was(bool isOld)
    {
        await ImportAsync(Phone);
        var text = await ExportAsync(isOld);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
        Assert.StartsWith(isOld ? "BEGIN:VCARD\r\nVERSION:3.0\r\n" : "BEGIN:VCARD\r\nVERSION:4.0\r\n", text, StringComparison.Ordinal);
        var import = await ImportAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal((0, 1, 0), (import.Added, import.Same, import.Refused)); // its uid is known
        var all = await store.Contacts.ListAsync(ada, default, 10, default);
        await store.Contacts.RemoveAsync(ada, [.. all.Select(one => one.Id)], default);
        Assert.Equal(1, (await ImportAsync(Encoding.UTF8.GetBytes(text))).Added);
        IsElodie(await FieldsAsync());
        Assert.Equal(text, await ExportAsync(isOld));
    }

    // RFC 6350 §8, an example of version 4.0, shortened.
    [Fact]
    public async Task The_example_of_the_RFC_comes_in()
    {
        await ImportAsync("""
            BEGIN:VCARD
            VERSION:4.0
            FN:Simon Perreault
            N:Perreault;Simon;;;ing. jr,M.Sc.
            BDAY:--0203
            ANNIVERSARY:20090808T1430-0500
            GENDER:M
            LANG;PREF=1:fr
            ORG;TYPE=work:Viagenie
            ADR;TYPE=work:;Suite D2-630;2875 Laurier;
             Quebec;QC;G1V 2M2;Canada
            TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102
            EMAIL;TYPE=work:simon.perreault@viagenie.ca
            END:VCARD
            """);
        var fields = await FieldsAsync();
        Assert.Equal(("Simon", "Perreault", "Viagenie"), (fields.Given, fields.Surname, fields.Organization));
        Assert.Equal(("simon.perreault@viagenie.ca", "work"), (fields.Emails[0].Value, fields.Emails[0].Kind));
        Assert.Equal("work", fields.Phones[0].Kind);
        Assert.StartsWith("+1-418-656-9254", fields.Phones[0].Value, StringComparison.Ordinal);
        Assert.Equal((new ContactAddress("2875 Laurier", "G1V 2M2", "Quebec", "QC", "Canada"), new ContactDay(null, 2, 3)), (fields.Address, fields.Birthday));
    }

    [Fact]
    public async Task Version_2_1_comes_in_with_its_encodings()
    {
        var import = await ImportAsync("""
            BEGIN:VCARD
            VERSION:2.1
            N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Durand;=C3=89mile;;;
            FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89mile=20=
            Durand
            TEL;CELL;PREF:0612345678
            EMAIL;HOME:emile@far.test
            NOTE;ENCODING=QUOTED-PRINTABLE:un=0D=0Adeux
            END:VCARD
            """);
        Assert.Equal(1, import.Added);
        var fields = await FieldsAsync("emile durand");
        Assert.Equal(("Émile", "Durand", "un\ndeux"), (fields.Given, fields.Surname, fields.Note));
        Assert.Equal(("mobile", "private"), (fields.Phones[0].Kind, fields.Emails[0].Kind));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_told_and_the_rest_is_taken()
    {
        var text = new StringBuilder("text that is no card\nBEGIN:VCARD\nFN:Good\nEND:VCARD\nBEGIN:VCARD\nNOTE:nobody\nEND:VCARD\nBEGIN:VCARD\nFN:Long\nNOTE:");
        text.Append('x', 200_000).Append("\nEND:VCARD\nBEGIN:VCARD\nFN:Longish\n");
        for (var i = 0; i < 10; i++) text.Append("NOTE:").Append('y', 10_000).Append('\n');
        text.Append("END:VCARD\nBEGIN:VCARD\nFN:Cut off\n");
        var import = await ImportAsync(text.ToString());
        Assert.Equal(1, import.Added);
        Assert.Equal([(2, "", VCardProblem.Empty), (3, "Long", VCardProblem.TooLong), (4, "Longish", VCardProblem.TooLong), (5, "", VCardProblem.NoEnd)], import.Refusals);
    }

    [Fact]
    public async Task An_address_book_that_is_full_takes_what_it_has_room_for()
    {
        for (var n = 0; n < ContactStore.MaxCards; n += ContactStore.MaxBatch)
            await store.Contacts.AddAsync(ada, [.. Enumerable.Range(n, Math.Min(ContactStore.MaxBatch, ContactStore.MaxCards - n - 1)).Select(i => new ContactDraft($"u{i}", "x", [], "", "{}"u8.ToArray()))], default);
        var import = await ImportAsync("BEGIN:VCARD\nFN:One\nEND:VCARD\nBEGIN:VCARD\nFN:Two\nEND:VCARD\n");
        while (import.Refused == 0) import = await ImportAsync($"BEGIN:VCARD\nFN:{Guid.NewGuid()}\nEND:VCARD\nBEGIN:VCARD\nFN:Last\nEND:VCARD\n");
        Assert.Equal(VCardProblem.Full, import.Refusals[0].Why);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task Any_octets_are_read_to_their_end()
    {
        var random = new Random(6350);
        var good = Encoding.UTF8.GetBytes(Phone.ReplaceLineEndings("\r\n"));
        for (var round = 0; round < 300; round++)
        {
            var octets = good.ToArray();
            for (var i = random.Next(1, 40); i > 0; i--) octets[random.Next(octets.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) octets = octets[..random.Next(octets.Length)];
            var import = await ImportAsync(octets);
            Assert.InRange(import.Added + import.Same + import.Refused, 0, 2);
        }
        var noise = new byte[200_000];
        random.NextBytes(noise);
        Assert.Equal(0, (await ImportAsync(noise)).Added);
        foreach (var record in await store.Contacts.ListAsync(ada, default, 1000, default))
        {
            Assert.All(record.Emails, email => Assert.True(ContactCard.IsEmail(email)));
            Assert.DoesNotContain(record.Name, char.IsControl);
        }
        Assert.DoesNotContain("\n\n", await ExportAsync(isOld: false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_cut_of_a_stream_reads_the_same()
    {
        var octets = Encoding.UTF8.GetBytes(("\uFEFF" + Phone).ReplaceLineEndings("\r\n"));
        for (var step = 1; step < 40; step++)
        {
            var reader = new VCardReader(new SlowStream(octets, step));
            var card = VCardToCard.Read((await reader.ReadAsync(default))!.Properties)!;
            IsElodie(ContactForm.Read(card));
            Assert.Null(await reader.ReadAsync(default));
        }
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task A_file_without_end_costs_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new VCardReader(new RepeatingStream("BEGIN:VCARD\nPHOTO:"u8.ToArray(), 64 * 1024 * 1024));
        var read = (await reader.ReadAsync(default))!;
        Assert.Equal((VCardProblem.NoEnd, true), (read.Problem, read.HasPhoto));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task A_form_changes_what_it_shows_and_nothing_else()
    {
        await ImportAsync(Phone);
        var line = (await Book.PageAsync(ada, new ContactListing("", 0, 1), default)).Lines[0];
        var (record, fields) = (await Book.FindAsync(ada, line.Id, default))!.Value;
        Assert.True(await Book.SaveAsync(ada, line.Id, record.Changed, fields with { Surname = "Durand", Emails = [fields.Emails[0] with { Value = "" }, fields.Emails[1], new ContactField("", "neuf@far.test", "work")], Birthday = new ContactDay(1980, 3, 14) }, default));
        var after = (await Book.FindAsync(ada, line.Id, default))!.Value.Fields;
        Assert.Equal(("Élodie", "Durand", new ContactDay(1980, 3, 14)), (after.Given, after.Surname, after.Birthday));
        Assert.Equal([("em@far.test", "private"), ("neuf@far.test", "work")], after.Emails.Select(one => (one.Value, one.Kind)));
        var text = await ExportAsync(isOld: false);
        Assert.Contains("N:Durand;Élodie;Rose;Dr;PhD\r\n", text, StringComparison.Ordinal);
        Assert.Contains("NICKNAME:Lolo\r\n", text, StringComparison.Ordinal);
        Assert.Contains("ORG:Société\\, Générale;Recherche;Réseaux\r\n", text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await Book.SaveAsync(ada, line.Id, record.Changed, fields with { Surname = "X" }, default));
        // Who writes nothing changes nothing.
        Assert.True(await Book.SaveAsync(ada, line.Id, (await store.Contacts.FindAsync(ada, line.Id, default))!.Changed, after, default));
        Assert.Equal(text, await ExportAsync(isOld: false));
    }

    /// <summary>Gives so many octets at a time.</summary>
    private sealed class SlowStream(byte[] octets, int step) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }

    /// <summary>A beginning, then one letter again and again.</summary>
    private sealed class RepeatingStream(byte[] begin, long length) : Stream
    {
        private long at;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (at == 0)
            {
                begin.CopyTo(buffer);
                at = begin.Length;
                return begin.Length;
            }
            var count = (int)Math.Min(buffer.Length, length - at);
            buffer[..count].Fill((byte)'A');
            at += count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
