using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Facteur.Storage.Embedded.Packs;

/// <summary>One pack segment on its device. Reads and writes of different places may run at once.</summary>
internal interface ISegmentFile : IDisposable
{
    void Write(long offset, ReadOnlySpan<byte> octets);

    /// <summary>Octets read; fewer than asked only at the end of the file.</summary>
    int Read(long offset, Span<byte> octets);

    /// <summary>Returns when all that was written is on the device.</summary>
    void Flush();
}

/// <summary>The device under the packs; tests put one there that fills up, fails, or forgets what was not flushed.</summary>
internal interface IStoreFiles
{
    /// <summary>Makes a file with its room taken, and makes its name durable.</summary>
    ISegmentFile Create(string path, long octets);

    ISegmentFile Open(string path);

    /// <summary>Makes a file of zeros, all on the device: what is written into it later needs no room found and flushes sooner.</summary>
    void Prepare(string path, long octets, CancellationToken cancel);

    /// <summary>Gives a prepared file its name, durably, and opens it.</summary>
    ISegmentFile Adopt(string prepared, string path);

    void Delete(string path);

    /// <summary>Octets that may still be taken on the device of a folder.</summary>
    long AvailableOctets(string folder);
}

/// <summary>The file system.</summary>
internal sealed class StoreFiles : IStoreFiles
{
    public ISegmentFile Create(string path, long octets)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.None, octets);
            RandomAccess.FlushToDisk(handle);
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
            return new SegmentFile(handle);
        }
        catch
        {
            handle?.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public ISegmentFile Open(string path) =>
        new SegmentFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public void Prepare(string path, long octets, CancellationToken cancel)
    {
        using var handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete);
        var zeros = new byte[1024 * 1024];
        for (long at = 0; at < octets; at += zeros.Length)
        {
            cancel.ThrowIfCancellationRequested();
            RandomAccess.Write(handle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, octets - at)), at);
            // In steps, so that the flush of a commit never waits for all of it.
            if (at / zeros.Length % 8 == 7) RandomAccess.FlushToDisk(handle);
        }
        RandomAccess.FlushToDisk(handle);
    }

    public ISegmentFile Adopt(string prepared, string path)
    {
        File.Move(prepared, path);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
        return Open(path);
    }

    public void Delete(string path) => File.Delete(path);

    public long AvailableOctets(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>True for an error that says the device is full: ENOSPC, EDQUOT, ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.</summary>
    public static bool IsFull(IOException error) =>
        OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 112 or 39 : error.HResult is 28 or 122;

    private sealed class SegmentFile(SafeFileHandle handle) : ISegmentFile
    {
        public void Write(long offset, ReadOnlySpan<byte> octets) => RandomAccess.Write(handle, octets, offset);

        public int Read(long offset, Span<byte> octets)
        {
            var total = 0;
            while (total < octets.Length && RandomAccess.Read(handle, octets[total..], offset + total) is var read && read > 0) total += read;
            return total;
        }

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}

/// <summary>Makes names in a folder durable: POSIX wants an fsync of the folder itself, which .NET does not offer.</summary>
internal static class DirectorySync
{
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0) throw new IOException($"cannot open the folder to flush it (errno {Marshal.GetLastPInvokeError()})");
        try
        {
            if (Fsync(descriptor) != 0) throw new IOException($"cannot flush the folder (errno {Marshal.GetLastPInvokeError()})");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

#pragma warning disable SYSLIB1054, CA2101 // LibraryImport would need unsafe code in this project; the path goes as UTF-8
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int descriptor);
#pragma warning restore SYSLIB1054, CA2101
}
