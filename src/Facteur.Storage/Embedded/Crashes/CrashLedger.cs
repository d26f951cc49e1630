using System.Buffers.Binary;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Packs;
using Microsoft.Win32.SafeHandles;

namespace Facteur.Storage.Embedded.Crashes;

/// <summary>
/// A small file that says what is being worked on: one slot a piece of work, written before and cleared after. Nothing is flushed to the device:
/// the system keeps what a process wrote when that process ends, however it ends, and a power cut is no crash.
/// Invariant: whatever happens to the file, work goes on; at worst it is not named.
/// </summary>
internal sealed class CrashLedger : IDisposable
{
    /// <summary>More than all lanes of the queue and all searches have at work; past them work is not named.</summary>
    public const int Slots = 1024;

    // Its name, its version, and how many slots there are.
    private const int HeaderOctets = 16;
    private const int SlotOctets = 24;
    private const uint Version = 1;

    private readonly SafeFileHandle? handle;
    private readonly string path;
    private readonly int[] taken = new int[Slots];
    private int next;

    private CrashLedger(string path, SafeFileHandle? handle) => (this.path, this.handle) = (path, handle);

    /// <summary>"FctCrash" and the version.</summary>
    private static byte[] Header
    {
        get
        {
            var header = new byte[HeaderOctets];
            "FctCrash"u8.CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Slots);
            return header;
        }
    }

    /// <summary>What the last process was at work on when it ended; nothing after a clean stop. A file that is damaged, or of another version, says nothing.</summary>
    public static IReadOnlySet<WorkItem> Read(string path)
    {
        var found = new HashSet<WorkItem>();
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length != HeaderOctets + Slots * SlotOctets) return found;
            var octets = File.ReadAllBytes(path);
            if (octets.Length < HeaderOctets || !octets.AsSpan(0, HeaderOctets).SequenceEqual(Header)) return found;
            for (var at = HeaderOctets; at + SlotOctets <= octets.Length; at += SlotOctets)
                if (Read(octets.AsSpan(at, SlotOctets)) is { } item) found.Add(item);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
        return found;
    }

    /// <summary>Opens the file anew with no slot taken. Where that fails nothing is named.</summary>
    public static CrashLedger Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            // All of it now: a slot never needs room that is not there.
            var octets = new byte[HeaderOctets + Slots * SlotOctets];
            Header.CopyTo(octets, 0);
            RandomAccess.Write(handle, octets, 0);
            return new CrashLedger(path, handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            handle?.Dispose();
            return new CrashLedger(path, null);
        }
    }

    /// <summary>Names work; the answer is its slot, or -1 when it is not named: all slots are taken, or the file cannot be written.</summary>
    public int Enter(WorkItem item)
    {
        if (handle is null) return -1;
        for (var tried = 0; tried < Slots; tried++)
        {
            var slot = (int)((uint)Interlocked.Increment(ref next) % Slots);
            if (Interlocked.CompareExchange(ref taken[slot], 1, 0) != 0) continue;
            Span<byte> octets = stackalloc byte[SlotOctets];
            Write(octets, item);
            if (TryWrite(slot, octets)) return slot;
            Volatile.Write(ref taken[slot], 0);
            return -1;
        }
        return -1;
    }

    /// <summary>The work in a slot has ended.</summary>
    public void Leave(int slot)
    {
        if (slot < 0) return;
        Span<byte> octets = stackalloc byte[SlotOctets];
        octets.Clear();
        // A slot that cannot be cleared is not used again: it would name two.
        if (TryWrite(slot, octets)) Volatile.Write(ref taken[slot], 0);
    }

    /// <summary>A clean stop: nothing was in the way of it.</summary>
    public void Dispose()
    {
        if (handle is null) return;
        handle.Dispose();
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private bool TryWrite(int slot, ReadOnlySpan<byte> octets)
    {
        try
        {
            RandomAccess.Write(handle!, octets, HeaderOctets + slot * SlotOctets);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Write(Span<byte> slot, WorkItem item)
    {
        BinaryPrimitives.WriteInt64LittleEndian(slot, item.Id);
        BinaryPrimitives.WriteInt32LittleEndian(slot[8..], item.Part);
        BinaryPrimitives.WriteInt32LittleEndian(slot[12..], (int)item.Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[16..], Crc32C.Compute(slot[..16]));
        slot[20..].Clear();
    }

    private static WorkItem? Read(ReadOnlySpan<byte> slot)
    {
        var item = new WorkItem((RiskyWork)slot[12], BinaryPrimitives.ReadInt64LittleEndian(slot), BinaryPrimitives.ReadInt32LittleEndian(slot[8..]));
        return Enum.IsDefined(item.Kind) && BinaryPrimitives.ReadUInt32LittleEndian(slot[16..]) == Crc32C.Compute(slot[..16]) ? item : null;
    }
}
