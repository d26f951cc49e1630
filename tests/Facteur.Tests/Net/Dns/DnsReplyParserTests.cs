using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dns;

/// <summary>Replies by people who mean no good: always an answer, never an exception, in little time.</summary>
public sealed class DnsReplyParserTests
{
    public static TheoryData<string> Samples => ["addresses", "exchangers", "text", "chain", "absence", "bogus", "authority", "service"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_changed_octet_is_survived(string sample)
    {
        var (query, message) = Sample(sample);
        Assert.Equal(DnsReplyKind.Reply, DnsReplyParser.Parse(query, message, out _));
        for (var at = 0; at < message.Length; at++)
            for (var change = 1; change < 256; change++)
            {
                var copy = message.ToArray();
                copy[at] ^= (byte)change;
                Check(query, copy);
            }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_cut_is_noticed(string sample)
    {
        var (query, message) = Sample(sample);
        for (var length = 0; length < message.Length; length++)
            Assert.NotEqual(DnsReplyKind.Reply, DnsReplyParser.Parse(query, message.AsSpan(0, length), out _));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Random_changes_are_survived(string sample)
    {
        var (query, message) = Sample(sample);
        var random = new Random(sample.Length);
        for (var round = 0; round < 10_000; round++)
        {
            var copy = message.ToArray();
            for (var i = random.Next(1, 6); i > 0; i--) copy[random.Next(2, copy.Length)] = (byte)random.Next(256);
            Check(query, copy.AsSpan(0, random.Next(4) == 0 ? random.Next(copy.Length) : copy.Length));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x1D })] // to itself
    [InlineData(new byte[] { 0xC0, 0xFF })] // past the end
    [InlineData(new byte[] { 0xFF, 0xFF })]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 1, (byte)'a', 0xC0, 0x1D })] // in a circle
    [InlineData(new byte[] { 0x40, 0 })] // a kind of label that is not used
    [InlineData(new byte[] { 0x80, 0 })]
    [InlineData(new byte[] { 5, (byte)'a' })]
    public void A_name_that_does_not_end_is_noticed(byte[] owner)
    {
        var query = Query("example.org", DnsType.A);
        // 12 octets of header, 13 of name, 4 of type and class: the owner stands at 29, 0x1D.
        byte[] message = [.. Head(query, answers: 1), .. Rdata.Name("example.org"), 0, 1, 0, 1, .. owner, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4];
        Assert.Equal(DnsReplyKind.Garbled, DnsReplyParser.Parse(query, message, out _));
    }

    [Fact]
    public void A_name_longer_than_255_octets_is_noticed()
    {
        var query = Query("example.org", DnsType.Cname);
        byte[] Reply(int labels) => [.. Head(query, 1), .. Rdata.Name("example.org"), 0, 5, 0, 1, 0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60,
            .. Rdata.Short((ushort)(labels * 2 + 1)), .. Enumerable.Repeat(new byte[] { 1, 0 }, labels).SelectMany(label => label), 0];
        Assert.Equal(DnsReplyKind.Reply, DnsReplyParser.Parse(query, Reply(127), out var reply));
        Assert.Equal(127 * 5 - 1, ((NameRecordData)reply!.Records[0]).Name.Length);
        Assert.Equal(DnsReplyKind.Garbled, DnsReplyParser.Parse(query, Reply(128), out _));
    }

    [Fact]
    public void The_largest_message_made_of_pointers_takes_no_time()
    {
        var query = Query("example.org", DnsType.Mx);
        var message = new List<byte>([.. Head(query, ushort.MaxValue), .. Rdata.Name("example.org"), 0, 15, 0, 1]);
        // One long name, then records that point into it, each a chain of pointers as long as can be.
        for (var record = 0; message.Count < 65_000; record++)
        {
            var back = Math.Max(29, Math.Min(message.Count - 16, 0x3FFF));
            byte[] owner = record == 0 ? [.. Enumerable.Repeat(new byte[] { 1, (byte)'a' }, 120).SelectMany(label => label), 0] : [0xC0 | 0, 29];
            message.AddRange([.. owner, 0, 15, 0, 1, 0, 0, 0, 60, 0, 4, 0, 1, (byte)(0xC0 | back >> 8), (byte)back]);
        }
        Assert.InRange(ProcessorTime.Of(() => DnsReplyParser.Parse(query, message.ToArray(), out _)), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Octets_that_are_no_letters_cannot_pass_for_another_name()
    {
        var query = Query("example.org", DnsType.Ptr);
        byte[] message = [.. Head(query, 1), .. Rdata.Name("example.org"), 0, 12, 0, 1, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 13,
            6, (byte)'a', (byte)'.', (byte)'\\', 0, 0xFF, (byte)'Z', 4, (byte)'t', (byte)'e', (byte)' ', (byte)'_', 0];
        Assert.Equal(DnsReplyKind.Reply, DnsReplyParser.Parse(query, message, out var reply));
        Assert.Equal(@"a\046\092\000\255z.te _", ((NameRecordData)reply!.Records[0]).Name);
    }

    [Theory]
    [InlineData(new byte[] { 5, (byte)'a', (byte)'b' })] // a string longer than the record
    [InlineData(new byte[] { 1, (byte)'a', 200 })]
    public void A_text_that_leaves_its_record_is_noticed(byte[] data)
    {
        var query = Query("example.org", DnsType.Txt);
        var message = new DnsTestReply(query.Id, Question(query)).Answer(DnsType.Txt, 60, data).Opt().Build();
        Assert.Equal(DnsReplyKind.Garbled, DnsReplyParser.Parse(query, message, out _));
    }

    [Fact]
    public void Only_one_OPT_is_taken_and_its_upper_bits_count()
    {
        var query = Query("example.org", DnsType.A);
        Assert.Equal(DnsReplyKind.Garbled, DnsReplyParser.Parse(query, new DnsTestReply(query.Id, Question(query)).Opt().Opt().Build(), out _));
        var badVersion = new DnsTestReply(query.Id, Question(query)).Add(2, "", 41, 1232, 0x01000000, []).Build();
        DnsReplyParser.Parse(query, badVersion, out var reply);
        Assert.Equal(DnsReply.BadVers, reply!.ResponseCode);
    }

    [Fact]
    public void Records_of_another_class_or_owner_are_left_alone()
    {
        var query = Query("example.org", DnsType.A);
        var message = new DnsTestReply(query.Id, Question(query)).Add(0, null, 1, 3, 60, [1, 2, 3, 4]).Answer("other.example", DnsType.A, 60, [1, 2, 3, 4])
            .Answer(DnsType.A, 60, [192, 0, 2, 1]).Build();
        DnsReplyParser.Parse(query, message, out var reply);
        Assert.Equal("192.0.2.1", ((AddressRecordData)Assert.Single(reply!.Records)).Address.ToString());
    }

    private static void Check(DnsQuery query, ReadOnlySpan<byte> message)
    {
        var kind = DnsReplyParser.Parse(query, message, out var reply);
        Assert.Equal(kind == DnsReplyKind.Reply, reply is not null);
        if (reply is null) return;
        Assert.True(reply.ChainLength <= DnsReplyParser.MaxChain && reply.CanonicalName.Length <= 4 * DnsName.MaxWireOctets && reply.Records.Count <= message.Length / 11);
    }

    private static DnsQuery Query(string name, DnsType type) => new(new DnsQuestion(name, type), new DnsQueryForm(true, true, false, false));

    private static byte[] Question(DnsQuery query) => query.Message.ToArray()[12..(query.Length - 11)];

    private static byte[] Head(DnsQuery query, ushort answers) => [.. Rdata.Short(query.Id), 0x81, 0x80, 0, 1, .. Rdata.Short(answers), 0, 0, 0, 0];

    private static (DnsQuery Query, byte[] Message) Sample(string sample)
    {
        var type = sample switch { "exchangers" => DnsType.Mx, "text" => DnsType.Txt, "authority" => DnsType.Caa, "service" => DnsType.Srv, _ => DnsType.A };
        var query = Query("example.org", type);
        var reply = new DnsTestReply(query.Id, Question(query)) { Code = sample switch { "absence" => 3, "bogus" => 2, _ => 0 }, IsAuthenticData = true };
        var full = sample switch
        {
            "addresses" => reply.Answer(type, 60, Rdata.A("192.0.2.1")).Answer(type, 60, Rdata.A("192.0.2.2")).Opt(),
            "exchangers" => reply.Answer(type, 60, Rdata.Mx(10, "mx1.example.org")).Answer(type, 60, [0, 20, 3, (byte)'m', (byte)'x', (byte)'2', 0xC0, 12]).Opt(),
            "text" => reply.Answer(type, 60, Rdata.Txt("v=spf1 ip4:192.0.2.0/24", " -all")).Opt(),
            "chain" => reply.Answer(DnsType.Cname, 60, Rdata.Name("a.example")).Answer("a.example", DnsType.Cname, 60, Rdata.Name("b.example")).Answer("b.example", type, 60, Rdata.A("192.0.2.1")),
            "absence" => reply.Soa("example.org", 900, 300).Opt(),
            "bogus" => reply.Opt(6, "bad signature"),
            "authority" => reply.Answer(type, 60, [0, 5, .. "issue"u8, .. "ca.example"u8]),
            _ => reply.Answer(type, 60, [0, 1, 0, 2, 3, 0xE1, .. Rdata.Name("imap.example.org")]),
        };
        return (query, full.Build());
    }
}
