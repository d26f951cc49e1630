namespace Facteur.Mail;

/// <summary>The header being read. One field may take a quarter of the room, so that an endless list of addresses hides no Content-Type.</summary>
internal sealed class HeaderBlock(int maxOctets)
{
    private readonly int maxField = maxOctets / 4;
    private int fieldStart;

    public OctetBuffer Octets { get; } = new(4096);

    /// <summary>Appends a line, or its start.</summary>
    public void AppendLine(ReadOnlySpan<byte> line)
    {
        if (line[0] is not ((byte)' ' or (byte)'\t'))
        {
            // A field that was cut short still ends its line.
            if (Octets.Length > 0 && Octets.Written[^1] != (byte)'\n') Octets.Append((byte)'\n');
            fieldStart = Octets.Length;
        }
        Append(line);
    }

    /// <summary>Appends more of the last line.</summary>
    public void Append(ReadOnlySpan<byte> rest)
    {
        var room = Math.Min(maxOctets - Octets.Length, maxField - (Octets.Length - fieldStart));
        if (room <= 0) return;
        Octets.Append(rest.Length > room ? rest[..room] : rest);
    }

    public void Clear()
    {
        Octets.Clear();
        fieldStart = 0;
    }
}
