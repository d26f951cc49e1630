using System.Buffers;
using System.Buffers.Binary;
using Facteur.Storage.Embedded.Packs;
using Microsoft.Win32.SafeHandles;

namespace Facteur.Storage.Embedded.Search;

/// <summary>One message's text in the file of its account.</summary>
/// <param name="Offset">Of the record.</param>
/// <param name="HeaderOctets">The folded header fields stand first.</param>
internal readonly record struct TextRecord(long Email, long Offset, int HeaderOctets, int Octets)
{
    public const int Fixed = 24;

    public long TextOffset => Offset + Fixed;
    public long End => Offset + Fixed + Octets;
}

/// <summary>
/// The folded texts of one account, one after the other in order of their emails. Derived: never flushed, checked whole when it is opened,
/// cut where it is torn, and made again from the messages when it is not there.
/// </summary>
internal sealed class TextFile : IDisposable
{
    private const int ChunkOctets = 1024 * 1024;

    // Never in UTF-8, so no text can look like a record.
    private const byte Mark = 0xFF;
    private const byte Version = 1;

    private readonly string path;
    private readonly List<TextRecord> records = [];
    private SafeFileHandle handle;
    private long end;

    public TextFile(string path)
    {
        this.path = path;
        handle = OpenFile(path);
        Load();
    }

    public IReadOnlyList<TextRecord> Records => records;

    public long LastEmail => records.Count == 0 ? 0 : records[^1].Email;

    /// <summary>Writes a record to a buffer that <see cref="Append"/> takes.</summary>
    public static void Write(ArrayBufferWriter<byte> output, long email, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> text)
    {
        var octets = headers.Length + text.Length;
        var record = output.GetSpan(TextRecord.Fixed + octets)[..(TextRecord.Fixed + octets)];
        headers.CopyTo(record[TextRecord.Fixed..]);
        text.CopyTo(record[(TextRecord.Fixed + headers.Length)..]);
        record[0] = Mark;
        record[1] = Version;
        record[2] = record[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], headers.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], octets);
        BinaryPrimitives.WriteInt64LittleEndian(record[12..], email);
        BinaryPrimitives.WriteUInt32LittleEndian(record[20..], Sum(record));
        output.Advance(record.Length);
    }

    /// <summary>Adds whole records.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        RandomAccess.Write(handle, octets, end);
        while (!octets.IsEmpty && Parse(octets, end) is { } record)
        {
            records.Add(record);
            octets = octets[(TextRecord.Fixed + record.Octets)..];
            end = record.End;
        }
    }

    /// <summary>The emails of <paramref name="wanted"/> (ascending by email) whose text holds the needle.</summary>
    public void Find(List<TextRecord> wanted, ReadOnlySpan<byte> needle, bool withHeaders, HashSet<long> found, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkOctets * 2);
        try
        {
            for (var first = 0; first < wanted.Count;)
            {
                cancel.ThrowIfCancellationRequested();

                // Records that stand close together are read as one.
                var last = first;
                while (last + 1 < wanted.Count && wanted[last + 1].End - wanted[first].Offset <= ChunkOctets
                    && wanted[last + 1].Offset - wanted[last].End < 32 * 1024) last++;
                var length = (int)(wanted[last].End - wanted[first].Offset);
                if (buffer.Length < length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(length);
                }
                ReadFully(buffer.AsSpan(0, length), wanted[first].Offset);
                Scan(buffer.AsSpan(0, length), wanted, first, last, needle, withHeaders, found);
                first = last + 1;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the file anew with the records of <paramref name="keep"/> only.</summary>
    public void Compact(Func<long, bool> keep)
    {
        var fresh = path + ".new";
        using (var target = File.OpenHandle(fresh, FileMode.Create, FileAccess.Write))
        {
            long at = 0;
            foreach (var record in records)
            {
                if (!keep(record.Email)) continue;
                var octets = ArrayPool<byte>.Shared.Rent(TextRecord.Fixed + record.Octets);
                ReadFully(octets.AsSpan(0, TextRecord.Fixed + record.Octets), record.Offset);
                RandomAccess.Write(target, octets.AsSpan(0, TextRecord.Fixed + record.Octets), at);
                at += TextRecord.Fixed + record.Octets;
                ArrayPool<byte>.Shared.Return(octets);
            }
        }
        handle.Dispose();
        File.Move(fresh, path, overwrite: true);
        handle = OpenFile(path);
        records.Clear();
        Load();
    }

    public void Dispose() => handle.Dispose();

    private static void Scan(
        ReadOnlySpan<byte> octets, List<TextRecord> wanted, int first, int last, ReadOnlySpan<byte> needle, bool withHeaders, HashSet<long> found)
    {
        var start = wanted[first].Offset;
        var at = 0;
        var current = first;
        while (current <= last && octets[at..].IndexOf(needle) is var hit && hit >= 0)
        {
            var position = start + at + hit;
            while (current <= last && wanted[current].End <= position) current++;
            if (current > last) return;
            var record = wanted[current];
            var from = withHeaders ? record.TextOffset : record.TextOffset + record.HeaderOctets;
            if (position < from)
            {
                at = (int)(from - start);
                continue;
            }
            if (position + needle.Length <= record.End) found.Add(record.Email);
            at = (int)(record.End - start);
        }
    }

    private static SafeFileHandle OpenFile(string path) => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static uint Sum(ReadOnlySpan<byte> record) => Crc32C.Append(Crc32C.Compute(record[..20]), record[TextRecord.Fixed..]);

    /// <summary>The record at the start of <paramref name="octets"/>; null when it is not whole.</summary>
    private static TextRecord? Parse(ReadOnlySpan<byte> octets, long offset)
    {
        if (octets.Length < TextRecord.Fixed || octets[0] != Mark || octets[1] != Version) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(octets[8..]);
        if (length < 0 || length > octets.Length - TextRecord.Fixed) return null;
        return new TextRecord(BinaryPrimitives.ReadInt64LittleEndian(octets[12..]), offset, BinaryPrimitives.ReadInt32LittleEndian(octets[4..]), length);
    }

    private void Load()
    {
        end = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkOctets);
        try
        {
            while (true)
            {
                var read = Fill(buffer, end);
                var octets = buffer.AsSpan(0, read);
                var before = end;
                while (Parse(octets, end) is { } record)
                {
                    var whole = octets[..(TextRecord.Fixed + record.Octets)];
                    if (BinaryPrimitives.ReadUInt32LittleEndian(whole[20..]) != Sum(whole) || record.Email <= LastEmail) break;
                    records.Add(record);
                    octets = octets[whole.Length..];
                    end = record.End;
                }
                if (end > before) continue;
                if (octets.Length < TextRecord.Fixed || BinaryPrimitives.ReadInt32LittleEndian(octets[8..]) is var length && (length <= octets.Length || read < buffer.Length)) break;

                // A record longer than the buffer, or nonsense where its length should be.
                if (octets[0] != Mark || end + length > RandomAccess.GetLength(handle)) break;
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(TextRecord.Fixed + length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (RandomAccess.GetLength(handle) != end) RandomAccess.SetLength(handle, end);
    }

    private int Fill(Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length && RandomAccess.Read(handle, buffer[total..], offset + total) is var read && read > 0) total += read;
        return total;
    }

    private void ReadFully(Span<byte> buffer, long offset)
    {
        if (Fill(buffer, offset) != buffer.Length) throw new IOException("the search text is shorter than it was");
    }
}
