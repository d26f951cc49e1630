namespace Facteur.Imap.Messages;

/// <summary>The field names of HEADER.FIELDS: ASCII, compared without case (RFC 9051 §6.4.5.1).</summary>
internal sealed class HeaderFieldNames
{
    private readonly byte[][] names;

    public HeaderFieldNames(IEnumerable<byte[]> fieldNames)
    {
        names = [.. fieldNames];
        MaxOctets = names.Length == 0 ? 0 : names.Max(n => n.Length);
    }

    /// <summary>A longer name matches none.</summary>
    public int MaxOctets { get; }

    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (var candidate in names)
            if (candidate.Length == name.Length && System.Text.Ascii.EqualsIgnoreCase(candidate, name)) return true;
        return false;
    }
}
