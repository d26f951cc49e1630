using Facteur.Mail;

namespace Facteur.Sieve.Messages;

/// <summary>One field of a header.</summary>
/// <param name="name">As written; empty for lines that are no field.</param>
/// <param name="raw">All its octets with the line break.</param>
/// <param name="value">What follows the colon, folds included.</param>
internal sealed class HeaderLine(string name, ReadOnlyMemory<byte> raw, ReadOnlyMemory<byte> value)
{
    private string? text;
    private IReadOnlyList<AddressItem>? addresses;

    public string Name => name;

    public ReadOnlyMemory<byte> Raw => raw;

    public ReadOnlyMemory<byte> Value => value;

    /// <summary>A field of this system that no script removes (RFC 5703 §5).</summary>
    public bool IsProtected { get; init; }

    /// <summary>Unfolded, decoded, without white space at its ends (RFC 5228 §2.4.2.2, §5.7).</summary>
    public string Text => text ??= EncodedWords.Decode(value.Span);

    /// <summary>Its addresses, read once.</summary>
    public IReadOnlyList<AddressItem> Addresses(int max) => addresses ??= [.. AddressValue.Read(value.Span, max)];

    public bool Is(string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The fields of one header, in order.</summary>
internal sealed class HeaderLines
{
    /// <param name="block">The header, or its start.</param>
    /// <param name="isWhole">The block ends where the header does; else its last field may be cut and is left out.</param>
    public HeaderLines(ReadOnlyMemory<byte> block, bool isWhole)
    {
        foreach (var field in new HeaderFields(block.Span))
        {
            block.Span.Overlaps(field.Raw, out var start);
            var valueStart = field.Value.IsEmpty ? start : start + field.Raw.Length;
            if (!field.Value.IsEmpty) block.Span.Overlaps(field.Value, out valueStart);
            var name = System.Text.Encoding.ASCII.GetString(field.Name);
            Lines.Add(new HeaderLine(name, block.Slice(start, field.Raw.Length), block.Slice(valueStart, field.Value.Length)));
            Octets = start + field.Raw.Length;
        }
        if (isWhole || Lines.Count == 0) return;
        Octets -= Lines[^1].Raw.Length;
        Lines.RemoveAt(Lines.Count - 1);
    }

    public List<HeaderLine> Lines { get; } = [];

    /// <summary>Octets of the block that the lines take.</summary>
    public int Octets { get; }

    public IEnumerable<HeaderLine> Named(string name) => Lines.Where(line => line.Is(name));
}
