using SQLitePCL;

namespace Facteur.Storage.Embedded.Sqlite;

/// <summary>SQLite answered with an error.</summary>
internal sealed class SqliteException(int extendedCode, string message) : Exception(message)
{
    /// <summary>Extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;

    public int Code => ExtendedCode & 0xFF;

    /// <summary>No room on the disk: the transaction can be rolled back and tried again later.</summary>
    public bool IsFull => Code == raw.SQLITE_FULL;

    /// <summary>The statement broke a UNIQUE or PRIMARY KEY rule.</summary>
    public bool IsConstraint => Code == raw.SQLITE_CONSTRAINT;
}
