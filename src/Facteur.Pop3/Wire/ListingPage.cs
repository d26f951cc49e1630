using System.Buffers.Text;

namespace Facteur.Pop3.Wire;

/// <summary>Lines of LIST and UIDL written into one stretch of a connection's buffer, without a call for each.</summary>
internal ref struct ListingPage(Span<byte> span)
{
    /// <summary>Octets of a page; one send of a transport is a few of them.</summary>
    public const int Octets = 16 * 1024;

    /// <summary>Longest line: a number, a space, a unique-id of 70 characters or a size, CRLF.</summary>
    private const int MaxLine = 100;

    private readonly Span<byte> span = span;

    public int Length { get; private set; }

    public readonly bool IsFull => span.Length - Length < MaxLine;

    /// <summary>"number value".</summary>
    public void Add(int number, long value)
    {
        Number(number);
        span[Length++] = (byte)' ';
        Number(value);
        End();
    }

    /// <summary>"number F email tag", a unique-id as Maildrops.Uidl makes it, without a string for each.</summary>
    public void AddOwnUidl(int number, long email, ReadOnlySpan<byte> tag)
    {
        Number(number);
        span[Length++] = (byte)' ';
        span[Length++] = (byte)'F';
        Number(email);
        tag.CopyTo(span[Length..]);
        Length += tag.Length;
        End();
    }

    /// <param name="text">At most 70 characters of ASCII.</param>
    public void Add(int number, string text)
    {
        Number(number);
        span[Length++] = (byte)' ';
        Length += System.Text.Encoding.ASCII.GetBytes(text, span[Length..]);
        End();
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, span[Length..], out var digits);
        Length += digits;
    }

    private void End()
    {
        span[Length++] = (byte)'\r';
        span[Length++] = (byte)'\n';
    }
}
