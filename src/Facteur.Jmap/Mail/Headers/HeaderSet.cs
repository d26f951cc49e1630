using System.Text;

namespace Facteur.Jmap;

/// <summary>Names of header fields that a call asks for; each has a slot in <see cref="HeaderValues"/>.</summary>
internal sealed class HeaderSet
{
    private readonly List<byte[]> names = [];

    public int Count => names.Count;

    public ReadOnlySpan<byte> this[int slot] => names[slot];

    /// <summary>The slot of a field; names are compared without case (RFC 5322 §1.2.2).</summary>
    public int Add(string field)
    {
        var name = Encoding.ASCII.GetBytes(field);
        var slot = Find(name);
        if (slot >= 0) return slot;
        names.Add(name);
        return names.Count - 1;
    }

    /// <summary>-1 when nobody asks for it.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < names.Count; i++)
            if (Ascii.EqualsIgnoreCase(names[i], name)) return i;
        return -1;
    }
}
