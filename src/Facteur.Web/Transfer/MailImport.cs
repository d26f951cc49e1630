using System.IO.Compression;
using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>Reads a file that somebody sent: an mbox, one message, or a ZIP archive of such. Bounded in time and memory by what it expands to, not by what it says.</summary>
internal sealed class MailImport(ImportSink sink, ImportReport report, string into, bool keepsFolders)
{
    /// <summary>Octets that an archive may become.</summary>
    private const long MaxExpanded = 20L * 1024 * 1024 * 1024;

    /// <summary>The list of entries is read at once: so many octets of it, some 150,000 entries.</summary>
    private const long MaxDirectory = 16L * 1024 * 1024;

    /// <summary>What mail packs to: more is a bomb (S-13).</summary>
    private const int MaxRatio = 1_000;

    private long expanded;

    /// <param name="file">Read once, from its beginning; an archive has to be seekable.</param>
    public async ValueTask RunAsync(Stream file, string name, CancellationToken cancel)
    {
        switch (Path.GetExtension(name).ToLowerInvariant())
        {
            case ".zip": await ArchiveAsync(file, cancel); break;
            case ".eml": await MessageAsync(file, name, into, null, cancel); break;
            default: await MboxAsync(file, name, into, cancel); break;
        }
        await sink.FlushAsync(cancel);
    }

    private async ValueTask ArchiveAsync(Stream file, CancellationToken cancel)
    {
        if (!HasSmallDirectory(file)) throw new InvalidDataException();
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in archive.Entries)
        {
            cancel.ThrowIfCancellationRequested();
            if (TransferNames.KindOf(entry.FullName) is not { } kind)
            {
                if (!entry.FullName.EndsWith('/')) report.PassedOver++;
                continue;
            }
            var mailbox = keepsFolders ? TransferNames.ToMailbox(into, entry.FullName, kind) : into;
            try
            {
                await using var content = new CountedStream(entry.Open(), this, Math.Max(64 * 1024, entry.CompressedLength) * MaxRatio);
                if (kind == EntryKind.Mbox) await MboxAsync(content, entry.FullName, mailbox, cancel);
                else await MessageAsync(content, entry.FullName, mailbox, kind == EntryKind.Maildir ? MboxText.FlagsOfName(entry.Name) : null, cancel);
            }
            catch (InvalidDataException)
            {
                report.Fail(entry.FullName, 1, "Import.Damaged");
            }
        }
    }

    private async ValueTask MessageAsync(Stream content, string name, string mailbox, MessageFlags? flags, CancellationToken cancel)
    {
        var lines = new LineReader(content);
        sink.Begin(name, 1, mailbox, flags, null);
        while (await lines.ReadAsync(cancel)) await sink.WriteAsync(lines.Piece, lines.Begins, lines.Ends, cancel);
        await sink.EndAsync(cancel);
    }

    private async ValueTask MboxAsync(Stream content, string name, string mailbox, CancellationToken cancel)
    {
        var lines = new LineReader(content);
        var (number, isBlank, holdsBlank, isFirstLines, isUnquoted) = (0, true, false, false, false);
        while (await lines.ReadAsync(cancel))
        {
            var piece = lines.Piece;
            if (lines.Begins && isBlank && piece.Span.StartsWith("From "u8))
            {
                await sink.EndAsync(cancel);
                sink.Begin(name, ++number, mailbox, null, MboxText.DateOf(piece.Span));
                (isBlank, holdsBlank, isFirstLines) = (false, false, true);
                continue;
            }
            if (number == 0)
            {
                // Something else than an mbox, or junk before its first message.
                report.Fail(name, 1, "Import.NoMbox");
                return;
            }
            if (isFirstLines && lines.Begins && lines.Ends && (piece.Span.StartsWith("Status: "u8) || piece.Span.StartsWith("X-Status: "u8)))
            {
                sink.Know(MboxText.FlagsOf(piece.Span), replaces: piece.Span[0] == 'S');
                continue;
            }
            if (lines.Begins) isFirstLines = false;
            // The empty line before the next "From " is none of the message's.
            if (holdsBlank) await sink.WriteAsync(default, true, true, cancel);
            holdsBlank = lines.Begins && lines.Ends && piece.IsEmpty;
            isBlank = holdsBlank;
            if (holdsBlank) continue;
            isUnquoted = lines.Begins && piece.Length > 0 && piece.Span[0] == '>' && MboxText.IsQuoted(piece.Span);
            await sink.WriteAsync(isUnquoted ? piece[1..] : piece, lines.Begins, lines.Ends, cancel);
        }
        await sink.EndAsync(cancel);
        if (number == 0) report.Fail(name, 1, "Import.Empty");
    }

    /// <summary>Looks for the end record, as every reader does: what stands between the directory's place and it is read at once.</summary>
    private static bool HasSmallDirectory(Stream file)
    {
        const int tail = 22 + ushort.MaxValue;
        var length = (int)Math.Min(tail, file.Length);
        var buffer = new byte[length];
        file.Position = file.Length - length;
        file.ReadExactly(buffer);
        var at = buffer.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || at + 22 > length) return false;
        var place = BitConverter.ToUInt32(buffer, at + 16);
        // With ZIP64 the place stands in another record before this one; the number of entries, and so their list, is bounded all the same.
        if (place == uint.MaxValue)
        {
            var large = buffer.AsSpan(0, at).LastIndexOf("PK\x06\x06"u8);
            if (large < 0 || large + 56 > length) return false;
            var farPlace = BitConverter.ToInt64(buffer, large + 48);
            return farPlace >= 0 && farPlace <= file.Length && file.Length - farPlace <= MaxDirectory;
        }
        return place <= file.Length && file.Length - place <= MaxDirectory;
    }

    /// <summary>Counts what an entry becomes, whatever its header says.</summary>
    private sealed class CountedStream(Stream content, MailImport import, long most) : Stream
    {
        private long read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => read; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await content.ReadAsync(buffer, cancellationToken);
            read += count;
            import.expanded += count;
            if (read > most || import.expanded > MaxExpanded) throw new InvalidDataException("the archive becomes too large");
            return count;
        }

        public override async ValueTask DisposeAsync()
        {
            await content.DisposeAsync();
            await base.DisposeAsync();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
