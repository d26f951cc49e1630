using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Facteur.Net.Dns;

/// <summary>What is asked: a normalized name and a type.</summary>
internal readonly record struct DnsQuestion(string Name, DnsType Type);

/// <summary>How a question is put to one server.</summary>
/// <param name="UseEdns">With an OPT record (RFC 6891 §6.1).</param>
/// <param name="WantDnssec">DO and AD set: the answer says whether it was validated (RFC 6840 §5.7).</param>
/// <param name="CheckingDisabled">CD set: the answer comes even when validation fails (RFC 4035 §3.2.2).</param>
/// <param name="MixCase">Letters of the question in random case, which a forger would have to guess as well.</param>
internal readonly record struct DnsQueryForm(bool UseEdns, bool WantDnssec, bool CheckingDisabled, bool MixCase);

/// <summary>One query as octets, with an id that nobody can guess.</summary>
internal sealed class DnsQuery
{
    public const int HeaderOctets = 12;

    /// <summary>Largest reply taken over UDP: passes every path without fragments.</summary>
    public const int UdpPayload = 1232;

    private const int OptOctets = 11;
    private const ushort RecursionDesired = 0x0100;
    private const ushort AuthenticData = 0x0020;
    private const ushort CheckingDisabled = 0x0010;
    private const uint DnssecOk = 0x8000; // in the flags of OPT (RFC 6891 §6.1.4)

    private readonly byte[] message;
    private readonly int questionEnd;

    public DnsQuery(DnsQuestion question, DnsQueryForm form)
    {
        Question = question;
        Form = form;
        message = new byte[HeaderOctets + DnsName.MaxWireOctets + 4 + OptOctets];
        Id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var flags = RecursionDesired | (form.WantDnssec ? AuthenticData : 0) | (form.CheckingDisabled ? CheckingDisabled : 0);
        Write(0, Id);
        Write(2, (ushort)flags);
        Write(4, 1);
        Write(10, (ushort)(form.UseEdns ? 1 : 0));
        var at = HeaderOctets + DnsName.Write(question.Name, message.AsSpan(HeaderOctets));
        if (form.MixCase) Mix(message.AsSpan(HeaderOctets, at - HeaderOctets));
        Write(at, (ushort)question.Type);
        Write(at + 2, 1);
        questionEnd = at + 4;
        Length = questionEnd + (form.UseEdns ? WriteOpt(questionEnd) : 0);
    }

    public DnsQuestion Question { get; }
    public DnsQueryForm Form { get; }
    public ushort Id { get; }
    public int Length { get; }
    public ReadOnlyMemory<byte> Message => message.AsMemory(0, Length);

    /// <summary>A reply must repeat this octet by octet; by its name without regard to case unless case was mixed.</summary>
    public bool Repeats(ReadOnlySpan<byte> reply)
    {
        if (reply.Length < questionEnd) return false;
        var asked = message.AsSpan(HeaderOctets, questionEnd - HeaderOctets);
        var said = reply[HeaderOctets..questionEnd];
        if (Form.MixCase) return asked.SequenceEqual(said);
        if (!asked[^4..].SequenceEqual(said[^4..])) return false;
        for (var i = 0; i < asked.Length - 4; i++)
            if (asked[i] != Lower(said[i])) return false;
        return true;
    }

    private int WriteOpt(int at)
    {
        message[at] = 0; // the root
        Write(at + 1, 41); // OPT
        Write(at + 3, UdpPayload);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(at + 5), Form.WantDnssec ? DnssecOk : 0);
        Write(at + 9, 0);
        return OptOctets;
    }

    private void Write(int at, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), value);

    private static byte Lower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;

    private static void Mix(Span<byte> name)
    {
        Span<byte> coins = stackalloc byte[name.Length];
        RandomNumberGenerator.Fill(coins);
        for (var i = 0; i < name.Length; i++)
            if (name[i] is >= (byte)'a' and <= (byte)'z' && (coins[i] & 1) == 0) name[i] ^= 0x20;
    }
}
