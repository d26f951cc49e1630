using System.Globalization;

namespace Facteur.Storage.Embedded.Packs;

/// <summary>
/// The pack segments of a store. Room is reserved before it is written, and given back when nothing came of it. Nothing that a commit
/// refers to is ever written again. What the database does not refer to is free: a file's length is never trusted.
/// </summary>
internal sealed class PackStore(string folder, int segmentOctets, IStoreFiles files) : IDisposable
{
    /// <summary>A rest of a segment smaller than this is not worth an extent of a long message.</summary>
    private const int SmallestRest = 256 * 1024;

    private const int SmallestSegment = 1024 * 1024;
    private const int MaxHoles = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<int, Segment> segments = [];
    private readonly List<(long Offset, long Room)> holes = [];
    private readonly NextSegment next = new(Path.Combine(folder, "next.prepared"), segmentOctets, files);
    private Segment? active;
    private int nextId = 1;

    /// <summary>The segment made ready before the active one is full.</summary>
    public NextSegment Next => next;

    /// <summary>True for a segment that takes no more messages and that nobody writes or reads.</summary>
    public bool IsIdle(int id)
    {
        lock (gate) return id != active?.Id && segments.TryGetValue(id, out var segment) && segment.IsIdle;
    }

    /// <summary>Tells what the database knows, and clears away files that it does not.</summary>
    public void Load(IReadOnlyList<(int Id, long Size, long Head)> known)
    {
        Directory.CreateDirectory(folder);
        foreach (var (id, size, head) in known)
        {
            var segment = new Segment(id, PathOf(id), size, head, null);
            segments.Add(id, segment);
            nextId = Math.Max(nextId, id + 1);
            if (size - head >= SmallestRest && (active is null || id > active.Id) && File.Exists(segment.Path)) active = segment;
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*.pack"))
            if (!int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !segments.ContainsKey(id))
                files.Delete(path);
        next.Load();
    }

    /// <summary>Reserves room for <paramref name="octets"/>, or for less when the segment ends (never less than 256 KiB then).</summary>
    public Reservation Reserve(long octets)
    {
        var room = Record.Room(octets);
        lock (gate)
        {
            for (var i = 0; i < holes.Count; i++)
                if (holes[i].Room >= room) return FromHole(i, room);
            if (active is null || (active.Size - active.Head < room && active.Size - active.Head < SmallestRest)) Roll(room);
            room = Math.Min(room, active!.Size - active.Head);
            var reservation = new Reservation(active, active.Head, room);
            active.File ??= files.Open(active.Path);
            active.Head += room;
            if (active.Head >= active.Size / 4) next.Want();
            active.Hold();
            return reservation;
        }
    }

    /// <summary>Gives back what a reservation did not use. Its extent, if any, ends before <paramref name="from"/>.</summary>
    public void GiveBack(Reservation reservation, long from)
    {
        lock (gate)
        {
            var room = reservation.Offset + reservation.Room - from;
            if (room > 0 && reservation.Segment == active)
            {
                if (from + room == active.Head) active.Head = from;
                else if (room > Record.HeaderOctets && holes.Count < MaxHoles) holes.Add((from, room));
            }
            reservation.Segment.LetGo();
        }
    }

    /// <summary>A segment to read from, held until <see cref="LetGo"/>; null when the store has it no more.</summary>
    public Segment? Hold(int id)
    {
        lock (gate)
        {
            if (!segments.TryGetValue(id, out var segment)) return null;
            segment.File ??= files.Open(segment.Path);
            segment.Hold();
            return segment;
        }
    }

    /// <summary>Holds once more a segment that the caller holds.</summary>
    public void HoldMore(Segment segment)
    {
        lock (gate) segment.Hold();
    }

    public void LetGo(Segment segment)
    {
        lock (gate) segment.LetGo();
    }

    /// <summary>The size of a segment for its row.</summary>
    public long SizeOf(int id)
    {
        lock (gate) return segments[id].Size;
    }

    /// <summary>Makes all octets written so far to a segment durable.</summary>
    public void Flush(int id)
    {
        var segment = Hold(id) ?? throw new StoreFailedException($"pack segment {id} is not there");
        try
        {
            segment.File!.Flush();
        }
        finally
        {
            LetGo(segment);
        }
    }

    /// <summary>Takes a segment that the database refers to no more off the disk.</summary>
    public void Retire(int id)
    {
        lock (gate)
        {
            if (!segments.Remove(id, out var segment)) return;
            if (segment == active)
            {
                active = null;
                holes.Clear();
            }
            files.Delete(segment.Path);
            segment.LetGo();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var segment in segments.Values) segment.File?.Dispose();
            segments.Clear();
            active = null;
        }
        next.Dispose();
    }

    private Reservation FromHole(int index, long room)
    {
        var (offset, available) = holes[index];
        if (available - room > Record.HeaderOctets) holes[index] = (offset + room, available - room);
        else holes.RemoveAt(index);
        active!.Hold();
        return new Reservation(active, offset, room);
    }

    private void Roll(long room)
    {
        for (var size = Math.Max(segmentOctets, SmallestSegment); ; size /= 4)
        {
            var id = nextId;
            try
            {
                var file = (size == segmentOctets ? next.Take(PathOf(id)) : null) ?? files.Create(PathOf(id), size);
                active = new Segment(id, PathOf(id), size, 0, file);
                segments.Add(id, active);
                nextId++;
                holes.Clear();
                return;
            }
            catch (IOException e) when (StoreFiles.IsFull(e))
            {
                if (size / 4 < Math.Max(SmallestSegment, Math.Min(room, SmallestRest)))
                    throw new StoreFullException("there is no room for another pack segment", e);
            }
        }
    }

    private string PathOf(int id) => Path.Combine(folder, id.ToString("D8", CultureInfo.InvariantCulture) + ".pack");
}
