using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Facteur.Mail;

/// <summary>
/// base64 (RFC 2045 §6.8): octets outside the alphabet are passed over; "=" ends a group and what follows starts a new one,
/// so that encoded pieces set one after the other decode whole.
/// </summary>
internal sealed class Base64Decoder : ContentDecoder
{
    private const byte NotInAlphabet = 255;
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static readonly byte[] Values = MakeValues();
    internal static readonly SearchValues<byte> Alphabet = SearchValues.Create(Encoding.ASCII.GetBytes(Digits));

    private uint group;
    private int digits;

    public override void Decode(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        while (!input.IsEmpty)
        {
            if (digits == 0 && input.Length >= 8)
            {
                var taken = DecodeGroups(input, output);
                if (taken > 0)
                {
                    input = input[taken..];
                    continue;
                }
            }
            input = input[DecodeGroup(input, output)..];
        }
    }

    public override void Complete(IBufferWriter<byte> output) => EndGroup(output);

    /// <summary>Decodes the whole groups at the start of <paramref name="input"/> with the vectorised decoder; answers the octets taken.</summary>
    private static int DecodeGroups(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        var run = input.IndexOfAnyExcept(Alphabet);
        var length = (run < 0 ? input.Length : run) & ~3;
        if (length == 0) return 0;
        var target = output.GetSpan(length / 4 * 3);
        Base64.DecodeFromUtf8(input[..length], target, out var consumed, out var written, isFinalBlock: false);
        output.Advance(written);
        return consumed;
    }

    /// <summary>Takes octets one by one until a group is whole; answers how many.</summary>
    private int DecodeGroup(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        for (var i = 0; i < input.Length; i++)
        {
            var octet = input[i];
            if (octet == (byte)'=')
            {
                EndGroup(output);
                continue;
            }
            var value = Values[octet];
            if (value == NotInAlphabet) continue;
            group = group << 6 | value;
            if (++digits < 4) continue;
            var target = output.GetSpan(3);
            target[0] = (byte)(group >> 16);
            target[1] = (byte)(group >> 8);
            target[2] = (byte)group;
            output.Advance(3);
            digits = 0;
            group = 0;
            return i + 1;
        }
        return input.Length;
    }

    private void EndGroup(IBufferWriter<byte> output)
    {
        // One digit alone holds no octet.
        if (digits >= 2)
        {
            var bits = group << 6 * (4 - digits);
            var target = output.GetSpan(2);
            target[0] = (byte)(bits >> 16);
            target[1] = (byte)(bits >> 8);
            output.Advance(digits - 1);
        }
        digits = 0;
        group = 0;
    }

    private static byte[] MakeValues()
    {
        var values = new byte[256];
        Array.Fill(values, NotInAlphabet);
        for (var i = 0; i < Digits.Length; i++) values[Digits[i]] = (byte)i;
        return values;
    }
}
