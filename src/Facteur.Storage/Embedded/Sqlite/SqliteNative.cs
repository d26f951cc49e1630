using System.Runtime.InteropServices;

namespace Facteur.Storage.Embedded.Sqlite;

/// <summary>
/// The calls made a dozen times a row, without the handle counting of SQLitePCLRaw. All but the step only look into memory, so the runtime
/// need not prepare for a long call either.
/// </summary>
internal static class SqliteNative
{
    private const string Library = "e_sqlite3";

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in this project
    [SuppressGCTransition]
    [DllImport(Library, EntryPoint = "sqlite3_column_int64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static extern long ColumnInt64(nint statement, int column);

    [SuppressGCTransition]
    [DllImport(Library, EntryPoint = "sqlite3_column_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static extern int ColumnType(nint statement, int column);

    [SuppressGCTransition]
    [DllImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static extern int BindInt64(nint statement, int index, long value);

    // May read from the disk: an ordinary call.
    [DllImport(Library, EntryPoint = "sqlite3_step")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static extern int Step(nint statement);
#pragma warning restore SYSLIB1054
}
