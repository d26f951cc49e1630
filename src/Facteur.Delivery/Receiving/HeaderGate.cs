using System.Buffers;
using Facteur.Delivery.Filtering;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// Lets the header of a message pass, cut anywhere, and keeps back the fields that a stranger may not write here: results of checks
/// in our own name (RFC 8601 §5), and our spam verdict. The body passes untouched.
/// </summary>
/// <remarks>
/// Only a field whose name is one of those is held, until its end; everything else passes at once. A held field longer
/// than <see cref="MaxHeldOctets"/> is none that an honest host writes and does not pass.
/// </remarks>
internal sealed class HeaderGate(Func<ReadOnlyMemory<byte>, bool> isForgedResult)
{
    private const int MaxHeldOctets = 64 * 1024;
    private static readonly SearchValues<byte> EndOfName = SearchValues.Create(":\r\n \t"u8);

    private enum At : byte { LineStart, Name, Passing, Holding, Ended }

    private readonly ArrayBufferWriter<byte> held = new(256);
    private At at;
    private bool isVerdict;
    private bool isTooLong;

    /// <summary>The header is over: what follows passes without being looked at.</summary>
    public bool HasEnded => at == At.Ended;

    /// <summary>Fields that did not pass.</summary>
    public int Removed { get; private set; }

    /// <summary>Takes the next octets of the message, and writes those that pass.</summary>
    public void Write(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        while (!octets.IsEmpty)
        {
            switch (at)
            {
                case At.LineStart:
                    StartLine(octets[0], output);
                    break;
                case At.Name:
                    octets = octets[ReadName(octets, output)..];
                    break;
                case At.Passing:
                    var line = LineOf(octets);
                    output.Write(line);
                    octets = octets[line.Length..];
                    break;
                case At.Holding:
                    var more = LineOf(octets);
                    Hold(more);
                    octets = octets[more.Length..];
                    break;
                case At.Ended:
                    output.Write(octets);
                    return;
            }
        }
    }

    /// <summary>The message is over: a header without a body ends here.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        if (at == At.Name) Pass(output);
        else SettleHeld(output);
        at = At.Ended;
    }

    private void StartLine(byte first, IBufferWriter<byte> output)
    {
        if (first is (byte)' ' or (byte)'\t')
        {
            at = held.WrittenCount > 0 || isTooLong ? At.Holding : At.Passing;
            return;
        }
        SettleHeld(output);
        at = first == '\r' ? At.Ended : At.Name;
    }

    // The name is held until it is known; blanks may stand before the colon (RFC 5322 §4.5).
    private int ReadName(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        var length = octets.IndexOfAny(EndOfName);
        var part = length < 0 ? octets : octets[..length];
        if (held.WrittenCount + part.Length > FilterVerdict.FieldName.Length + 16)
        {
            Pass(output);
            return 0;
        }
        held.Write(part);
        if (length < 0) return part.Length;
        isVerdict = System.Text.Ascii.EqualsIgnoreCase(held.WrittenSpan, FilterVerdict.FieldName);
        if (isVerdict || System.Text.Ascii.EqualsIgnoreCase(held.WrittenSpan, "Authentication-Results"u8)) at = At.Holding;
        else Pass(output);
        return length;
    }

    private void Pass(IBufferWriter<byte> output)
    {
        output.Write(held.WrittenSpan);
        held.ResetWrittenCount();
        at = At.Passing;
    }

    private void Hold(ReadOnlySpan<byte> part)
    {
        if (!isTooLong && held.WrittenCount + part.Length <= MaxHeldOctets) held.Write(part);
        else isTooLong = true;
        if (part[^1] == '\n') at = At.LineStart;
    }

    private ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> octets)
    {
        var feed = octets.IndexOf((byte)'\n');
        if (feed < 0) return octets;
        if (at == At.Passing) at = At.LineStart;
        return octets[..(feed + 1)];
    }

    private void SettleHeld(IBufferWriter<byte> output)
    {
        if (held.WrittenCount == 0) return;
        if (isTooLong || isVerdict || IsForged(held.WrittenMemory)) Removed++;
        else output.Write(held.WrittenSpan);
        held.ResetWrittenCount();
        isTooLong = false;
    }

    private bool IsForged(ReadOnlyMemory<byte> field)
    {
        var colon = field.Span.IndexOf((byte)':');
        return colon >= 0 && isForgedResult(field[(colon + 1)..]);
    }
}
