using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Content;

/// <summary>
/// The names of the files in a ZIP archive, read from its local headers as the attachment is decoded. Nothing is unpacked: an archive in an
/// archive, or one that unpacks to terabytes, costs what its octets cost (S-13).
/// </summary>
internal static class ZipNames
{
    private const int ReadOctets = 32 * 1024;
    private const int HeaderOctets = 30;

    // An archive with more entries is a backup; what is dangerous stands in front for who opens it.
    private const int MaxNames = 10_000;

    public sealed record Findings(string? Executable, bool IsEncrypted);

    public static async ValueTask<Findings> ScanAsync(IMessageSource source, MessagePart part, AttachmentSettings settings, CancellationToken cancel)
    {
        var scan = new Scan(settings);
        var decoder = ContentDecoder.Create(part.Encoding);
        var decoded = new ArrayBufferWriter<byte>(ReadOctets);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadOctets);
        try
        {
            for (var at = part.BodyOffset; at < part.BodyOffset + part.BodyLength && !scan.IsOver;)
            {
                var wanted = (int)Math.Min(ReadOctets, part.BodyOffset + part.BodyLength - at);
                var count = await source.ReadAsync(at, buffer.AsMemory(0, wanted), cancel);
                if (count == 0) break;
                at += count;
                decoder.Decode(buffer.AsSpan(0, count), decoded);
                var kept = scan.Take(decoded.WrittenSpan);
                // What may be the start of a header is looked at again with what follows.
                var rest = decoded.WrittenSpan[^kept..].ToArray();
                decoded.ResetWrittenCount();
                decoded.Write(rest);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return new Findings(scan.Executable, scan.IsEncrypted);
    }

    private sealed class Scan(AttachmentSettings settings)
    {
        private int names;

        public string? Executable { get; private set; }
        public bool IsEncrypted { get; private set; }
        public bool IsOver => Executable is not null || names >= MaxNames;

        /// <summary>Answers how many octets at the end have to come again.</summary>
        public int Take(ReadOnlySpan<byte> octets)
        {
            while (!IsOver)
            {
                var at = octets.IndexOf("PK\u0003\u0004"u8);
                if (at < 0) return Math.Min(octets.Length, 3);
                octets = octets[at..];
                if (octets.Length < HeaderOctets) return octets.Length;
                var length = BinaryPrimitives.ReadUInt16LittleEndian(octets[26..]);
                // A name is at most 64 KiB and waits for its end, unless this is no header.
                if (length is 0 or > 4096)
                {
                    octets = octets[4..];
                    continue;
                }
                if (octets.Length < HeaderOctets + length) return octets.Length;
                names++;
                IsEncrypted |= (octets[6] & 1) != 0;
                var name = Encoding.UTF8.GetString(octets.Slice(HeaderOctets, length));
                if (settings.IsExecutable(name)) Executable = name[(name.LastIndexOf('/') + 1)..];
                octets = octets[(HeaderOctets + length)..];
            }
            return 0;
        }
    }
}
