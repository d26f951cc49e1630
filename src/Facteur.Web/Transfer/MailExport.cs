using System.Globalization;
using System.IO.Compression;
using System.Text;
using Facteur.Accounts.Contacts;
using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>
/// All mail of an account as a ZIP archive, while it is read: one mbox file a folder, or a Maildir (a file a message). What cannot be read is passed over and listed. The
/// address book stands beside it, as vCards.
/// </summary>
internal sealed class MailExport(MailStore store, ContactBook contacts, AccountId account, DrainedStream output, TimeProvider time)
{
    private const string Contacts = "contacts.vcf", Unreadable = "unreadable.txt";

    private const int PieceOctets = 64 * 1024;

    private readonly byte[] piece = new byte[PieceOctets];
    private readonly List<string> unreadable = [];

    public async ValueTask WriteAsync(bool asMaildir, CancellationToken cancel)
    {
        await using (var archive = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancel))
        {
            var taken = new HashSet<string>([Contacts, Unreadable], StringComparer.OrdinalIgnoreCase);
            await WriteContactsAsync(archive, cancel);
            foreach (var mailbox in await store.ListMailboxesAsync(account, cancel))
            {
                if (!mailbox.Selectable) continue;
                var path = Free(TransferNames.ToPath(mailbox.Name), taken);
                if (asMaildir) await WriteMaildirAsync(archive, path, mailbox, cancel);
                else await WriteMboxAsync(archive, path, mailbox, cancel);
            }
            if (unreadable.Count > 0)
                await using (var entry = await archive.CreateEntry(Unreadable, CompressionLevel.Fastest).OpenAsync(cancel))
                    await entry.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', unreadable) + "\n"), cancel);
        }
        await output.DrainAsync(always: true, cancel);
    }

    // First, because it is short and what people look for.
    private async ValueTask WriteContactsAsync(ZipArchive archive, CancellationToken cancel)
    {
        if (await store.Contacts.CountAsync(account, cancel) == 0) return;
        await using var entry = await Entry(archive, Contacts, time.GetUtcNow()).OpenAsync(cancel);
        await foreach (var cards in contacts.ReadAllAsync(account, isOld: false, cancel))
        {
            await entry.WriteAsync(cards, cancel);
            await output.DrainAsync(always: false, cancel);
        }
    }

    private async ValueTask WriteMboxAsync(ZipArchive archive, string path, Mailbox mailbox, CancellationToken cancel)
    {
        await using var entry = await Entry(archive, path + ".mbox", time.GetUtcNow()).OpenAsync(cancel);
        await using var reader = store.ReadEmails(mailbox.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(cancel))
        {
            await using var body = await OpenAsync(reader, mailbox, cancel);
            if (body is null) continue;
            await entry.WriteAsync(MboxText.Before(reader.InternalDate, reader.Entry.Flags), cancel);
            await CopyLinesAsync(body, entry, cancel);
        }
    }

    private async ValueTask WriteMaildirAsync(ZipArchive archive, string path, Mailbox mailbox, CancellationToken cancel)
    {
        foreach (var folder in new[] { "new", "tmp" }) archive.CreateEntry($"{path}/{folder}/");
        await using var reader = store.ReadEmails(mailbox.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(cancel))
        {
            await using var body = await OpenAsync(reader, mailbox, cancel);
            if (body is null) continue;
            var name = string.Create(CultureInfo.InvariantCulture, $"{path}/cur/{reader.InternalDate.ToUnixTimeSeconds()}.u{reader.Entry.Uid.Value}.facteur:2,{MboxText.NameOf(reader.Entry.Flags)}");
            await using var entry = await Entry(archive, name, reader.InternalDate).OpenAsync(cancel);
            for (var offset = 0L; offset < body.Length;)
            {
                var read = await body.ReadAsync(offset, piece, cancel);
                await entry.WriteAsync(piece.AsMemory(0, read), cancel);
                await output.DrainAsync(always: false, cancel);
                offset += read;
            }
        }
    }

    /// <summary>The message with the line ends of mbox, its lines "From " quoted, and an empty line behind it.</summary>
    private async ValueTask CopyLinesAsync(MessageBody body, Stream entry, CancellationToken cancel)
    {
        var lines = new LineReader(new BodyStream(body));
        while (await lines.ReadAsync(cancel))
        {
            if (lines.Begins && MboxText.IsQuoted(lines.Piece.Span)) await entry.WriteAsync(">"u8.ToArray(), cancel);
            await entry.WriteAsync(lines.Piece, cancel);
            if (lines.Ends) entry.Write("\n"u8);
            await output.DrainAsync(always: false, cancel);
        }
        entry.Write("\n"u8);
    }

    /// <summary>The body, once it is known that it can be read; null when it is gone or damaged.</summary>
    private async ValueTask<MessageBody?> OpenAsync(EmailReader reader, Mailbox mailbox, CancellationToken cancel)
    {
        try
        {
            if (await store.OpenBodyAsync(reader.Body, cancel) is not { } body) return null;
            try
            {
                for (var offset = 0L; offset < body.Length;) offset += await body.ReadAsync(offset, piece, cancel);
                return body;
            }
            catch
            {
                await body.DisposeAsync();
                throw;
            }
        }
        catch (DamagedMessageException)
        {
            unreadable.Add(string.Create(CultureInfo.InvariantCulture, $"{mailbox.Name}: UID {reader.Entry.Uid.Value}, {reader.InternalDate:u}, {reader.Size} octets"));
            return null;
        }
    }

    private static ZipArchiveEntry Entry(ZipArchive archive, string name, DateTimeOffset date)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
        if (date.Year is >= 1980 and < 2107) entry.LastWriteTime = date.ToUniversalTime(); // what the format can hold
        return entry;
    }

    private static string Free(string path, HashSet<string> taken)
    {
        var free = path;
        for (var number = 2; !taken.Add(free); number++) free = string.Create(CultureInfo.InvariantCulture, $"{path} ({number})");
        return free;
    }
}
