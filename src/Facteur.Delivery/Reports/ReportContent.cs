using System.IO.Compression;

namespace Facteur.Delivery.Reports;

/// <summary>What an attached report holds, whichever way it is packed, in bounds that no bomb breaks (S-13).</summary>
internal static class ReportContent
{
    /// <summary>Largest attachment that is looked into.</summary>
    public const int MaxPacked = 10 * 1024 * 1024;

    // Entries of an archive; a report comes alone.
    private const int MaxEntries = 10;

    /// <summary>Opens plain, gzip or zip content, told by its first octets: media types are often wrong.</summary>
    /// <param name="extension">Of the entry that is taken from an archive; an only entry may have any.</param>
    /// <param name="maxOctets">Past so many unpacked octets, reading ends in <see cref="ReportFormatException"/>.</param>
    /// <param name="maxRun">So it does past so many octets without "&lt;": the platform's reader of XML slows down with the square of the attributes of one tag.</param>
    public static Stream Open(ReadOnlyMemory<byte> packed, string extension, int maxOctets, int maxRun = int.MaxValue)
    {
        if (packed.Length > MaxPacked) throw new ReportFormatException("the attachment is too large for a report");
        var content = new MemoryStream(packed.ToArray(), writable: false);
        var start = packed.Span;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return new BoundedStream(new GZipStream(content, CompressionMode.Decompress), maxOctets, maxRun);
        if (start.StartsWith("PK\x03\x04"u8)) return new BoundedStream(Entry(content, start, extension), maxOctets, maxRun);
        return new BoundedStream(content, maxOctets, maxRun);
    }

    private static Stream Entry(MemoryStream content, ReadOnlySpan<byte> octets, string extension)
    {
        // The end record says how many entries there are, before the directory is read into memory.
        var end = octets.LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || octets.Length - end < 22 || octets[end + 10] > MaxEntries || octets[end + 11] != 0) throw new ReportFormatException("the archive has no end or too many entries");
        try
        {
            var archive = new ZipArchive(content, ZipArchiveMode.Read);
            var entry = archive.Entries.FirstOrDefault(e => e.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) ?? (archive.Entries is [var only] ? only : null);
            return entry?.Open() ?? throw new ReportFormatException("the archive holds no report");
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw new ReportFormatException("the archive is damaged", e);
        }
    }

    /// <summary>Passes on what may be read; the formats' own errors become ours.</summary>
    private sealed class BoundedStream(Stream inner, int maxOctets, int maxRun) : Stream
    {
        private int left = maxOctets;
        private int run;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var count = inner.Read(buffer);
                left -= count;
                var last = buffer[..count].LastIndexOf((byte)'<');
                run = last < 0 ? run + count : count - last;
                return left >= 0 && run <= maxRun ? count : throw new ReportFormatException("the report is too large");
            }
            catch (InvalidDataException e)
            {
                throw new ReportFormatException("the compressed report is damaged", e);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
