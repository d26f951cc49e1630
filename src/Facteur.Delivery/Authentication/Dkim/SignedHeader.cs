using System.Buffers;
using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Where a field lies in the octets of a header.</summary>
/// <param name="NameEnd">End of the name, blanks before the colon left out.</param>
/// <param name="BodyStart">After the colon.</param>
/// <param name="End">Without the last line end.</param>
internal readonly record struct SignedField(int Start, int NameEnd, int BodyStart, int End);

/// <summary>
/// The header of a message as signatures see it: its original octets, collected as they stream by, and where the fields are.
/// Bounded; a header beyond the bounds is thrown away.
/// </summary>
/// <remarks>A bare LF ends a line too: whoever shows the message sees two fields there, so no signature may cover them as one.</remarks>
internal sealed class SignedHeader(int maxOctets, int maxFields) : IDisposable
{
    private readonly List<SignedField> fields = new(32);
    private byte[] octets = ArrayPool<byte>.Shared.Rent(Math.Min(8192, maxOctets));
    private int length;
    private int lineStart;
    private int bodyStart = -1;

    /// <summary>The header is over.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>It went beyond the bounds: there is nothing to look at.</summary>
    public bool IsTooLarge { get; private set; }

    public IReadOnlyList<SignedField> Fields => fields;

    /// <summary>The collected octets, which the positions of fields count in.</summary>
    public ReadOnlySpan<byte> Octets => octets.AsSpan(0, length);

    /// <summary>Octets that were taken for a header line and turned out to be the first of the body (a line that is no field).</summary>
    public ReadOnlySpan<byte> BodyBegun => bodyStart < 0 ? default : octets.AsSpan(bodyStart, length - bodyStart);

    public ReadOnlySpan<byte> Name(SignedField field) => octets.AsSpan(field.Start, field.NameEnd - field.Start);
    public ReadOnlySpan<byte> Body(SignedField field) => octets.AsSpan(field.BodyStart, field.End - field.BodyStart);
    public bool Is(SignedField field, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name(field), name);

    /// <summary>Takes what belongs to the header off the next octets.</summary>
    /// <returns>How many were taken; all of them unless the header has ended.</returns>
    public int Write(ReadOnlySpan<byte> input)
    {
        var taken = 0;
        while (!HasEnded && taken < input.Length)
        {
            var feed = input[taken..].IndexOf((byte)'\n');
            var part = feed < 0 ? input[taken..] : input.Slice(taken, feed + 1);
            taken += part.Length;
            Keep(part);
            if (feed >= 0 && !IsTooLarge) EndLine();
        }
        return taken;
    }

    /// <summary>The message has ended; so has the header.</summary>
    public void Complete()
    {
        if (!HasEnded && !IsTooLarge && lineStart < length) EndLine();
        HasEnded = true;
    }

    public void Dispose()
    {
        var rented = octets;
        octets = [];
        length = 0;
        if (rented.Length > 0) ArrayPool<byte>.Shared.Return(rented);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (IsTooLarge) return;
        if (part.Length > maxOctets - length)
        {
            GiveUp();
            return;
        }
        if (part.Length > octets.Length - length) Grow(length + part.Length);
        part.CopyTo(octets.AsSpan(length));
        length += part.Length;
    }

    // The octets after it are not looked at: where the body of such a message begins matters to nobody.
    private void GiveUp()
    {
        IsTooLarge = true;
        length = 0;
        fields.Clear();
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Min(2 * octets.Length, maxOctets)));
        octets.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(octets);
        octets = larger;
    }

    private void EndLine()
    {
        var line = octets.AsSpan(lineStart, length - lineStart);
        var text = line;
        if (text is [.., (byte)'\n']) text = text[..^1];
        if (text is [.., (byte)'\r']) text = text[..^1];
        var end = lineStart + text.Length;
        if (text.IsEmpty) HasEnded = true;
        else if (text[0] is (byte)' ' or (byte)'\t' && fields.Count > 0) fields[^1] = fields[^1] with { End = end };
        else if (!TryAddField(text, end)) EndBefore();
        lineStart = length;
    }

    private bool TryAddField(ReadOnlySpan<byte> text, int end)
    {
        var colon = text.IndexOf((byte)':');
        if (colon <= 0) return false;
        // Blanks before the colon are obsolete and met (RFC 5322 §4.5).
        var name = text[..colon].TrimEnd(" \t"u8);
        if (name.IsEmpty || name.ContainsAnyExceptInRange((byte)33, (byte)126)) return false;
        if (fields.Count == maxFields) GiveUp();
        else fields.Add(new(lineStart, lineStart + name.Length, lineStart + colon + 1, end));
        return true;
    }

    private void EndBefore()
    {
        bodyStart = lineStart;
        HasEnded = true;
    }
}
