using Facteur.Storage.Embedded.Packs;

namespace Facteur.Tests.Storage;

/// <summary>A device that fills up, fails to flush, and knows what a power cut would leave of its files.</summary>
internal sealed class FaultyFiles : IStoreFiles
{
    private const int NoSpace = 28;
    private const int InputOutput = 5;

    private readonly StoreFiles real = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, File> open = [];

    public bool FullForSegments { get; set; }
    public bool FullForWrites { get; set; }
    public bool FailFlush { get; set; }
    public long? Available { get; set; }

    public ISegmentFile Create(string path, long octets)
    {
        if (FullForSegments) throw new IOException("no space left on device", NoSpace);
        return Keep(path, real.Create(path, octets), new byte[octets]);
    }

    public ISegmentFile Open(string path) => Keep(path, real.Open(path), System.IO.File.ReadAllBytes(path));

    public void Prepare(string path, long octets, CancellationToken cancel)
    {
        if (FullForSegments) throw new IOException("no space left on device", NoSpace);
        real.Prepare(path, octets, cancel);
    }

    public ISegmentFile Adopt(string prepared, string path) => Keep(path, real.Adopt(prepared, path), System.IO.File.ReadAllBytes(path));

    public void Delete(string path)
    {
        lock (gate) open.Remove(path);
        real.Delete(path);
    }

    public long AvailableOctets(string folder) => Available ?? long.MaxValue;

    /// <summary>Writes the segments as a power cut would leave them: without what was never flushed.</summary>
    public void CopyDurable(string folder)
    {
        lock (gate)
            foreach (var (path, file) in open) System.IO.File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(path)), file.Durable());
    }

    private File Keep(string path, ISegmentFile inner, byte[] durable)
    {
        var file = new File(this, inner, durable);
        lock (gate) open[path] = file;
        return file;
    }

    private sealed class File(FaultyFiles files, ISegmentFile inner, byte[] durable) : ISegmentFile
    {
        private readonly Lock gate = new();
        private readonly List<(long Offset, byte[] Octets)> pending = [];

        public void Write(long offset, ReadOnlySpan<byte> octets)
        {
            if (files.FullForWrites) throw new IOException("no space left on device", NoSpace);
            inner.Write(offset, octets);
            lock (gate) pending.Add((offset, octets.ToArray()));
        }

        public int Read(long offset, Span<byte> octets) => inner.Read(offset, octets);

        public void Flush()
        {
            if (files.FailFlush) throw new IOException("input/output error", InputOutput);
            lock (gate)
            {
                foreach (var (offset, octets) in pending) octets.CopyTo(durable, offset);
                pending.Clear();
            }
            inner.Flush();
        }

        public byte[] Durable()
        {
            lock (gate) return [.. durable];
        }

        public void Dispose() => inner.Dispose();
    }
}
