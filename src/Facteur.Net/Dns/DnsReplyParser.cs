using System.Buffers.Binary;

namespace Facteur.Net.Dns;

/// <summary>Reads replies (RFC 1035 §4.1). Never throws; work and memory are bounded by the size of the message.</summary>
internal ref struct DnsReplyParser
{
    /// <summary>CNAMEs followed, in one reply and over several.</summary>
    public const int MaxChain = 12;

    private const ushort In = 1;
    private const ushort Opt = 41;
    private const ushort ExtendedError = 15; // RFC 8914 §2

    private readonly DnsQuery query;
    private readonly ReadOnlySpan<byte> message;
    private DnsWireReader reader;
    private Dictionary<string, (string Target, uint Ttl)>? aliases;
    private List<(string Owner, uint Ttl, DnsRecordData Data)>? found;
    private uint? negativeTtl;
    private int responseCode;
    private bool hasOpt;
    private bool isValidationFailure;

    private DnsReplyParser(DnsQuery query, ReadOnlySpan<byte> message)
    {
        this.query = query;
        this.message = message;
        reader = new DnsWireReader(message);
    }

    public static DnsReplyKind Parse(DnsQuery query, ReadOnlySpan<byte> message, out DnsReply? reply)
    {
        reply = null;
        if (message.Length < DnsQuery.HeaderOctets || BinaryPrimitives.ReadUInt16BigEndian(message) != query.Id) return DnsReplyKind.Foreign;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & 0xF800) != 0x8000) return DnsReplyKind.Foreign; // QR set, QUERY
        var code = flags & 0xF;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        // A server that cannot read a query may be unable to repeat its question.
        if (questions == 0 && message.Length == DnsQuery.HeaderOctets && code is DnsReply.FormErr or DnsReply.ServFail or DnsReply.NotImp)
        {
            reply = new DnsReply { ResponseCode = code, Octets = message.Length };
            return DnsReplyKind.Reply;
        }
        if (questions != 1 || !query.Repeats(message)) return DnsReplyKind.Foreign;
        if ((flags & 0x0200) != 0)
        {
            reply = new DnsReply { ResponseCode = code, IsTruncated = true, Octets = message.Length };
            return DnsReplyKind.Reply;
        }
        reply = new DnsReplyParser(query, message).Read(code, (flags & 0x0020) != 0);
        return reply is null ? DnsReplyKind.Garbled : DnsReplyKind.Reply;
    }

    private DnsReply? Read(int code, bool authentic)
    {
        responseCode = code;
        reader.Skip(6);
        var answers = reader.ReadUInt16();
        var authorities = reader.ReadUInt16();
        var additional = reader.ReadUInt16();
        reader.ReadName();
        reader.Skip(4);
        for (var i = 0; i < answers && !reader.Failed; i++) ReadAnswer();
        for (var i = 0; i < authorities && !reader.Failed; i++) ReadAuthority();
        for (var i = 0; i < additional && !reader.Failed; i++) ReadAdditional();
        return reader.Failed ? null : Follow(authentic);
    }

    private void ReadAnswer()
    {
        var (owner, type, klass, ttl, end) = ReadHead();
        if (reader.Failed) return;
        var isAsked = type == (ushort)query.Question.Type;
        if (klass != In || !isAsked && type != (ushort)DnsType.Cname)
        {
            reader.Skip(end - reader.Offset);
            return;
        }
        var data = DnsRecordParser.Read(ref reader, (DnsType)type, end);
        if (reader.Offset != end) reader.Fail();
        if (reader.Failed || data is null) return;
        if (isAsked) (found ??= []).Add((owner, ttl, data));
        else (aliases ??= new(StringComparer.Ordinal)).TryAdd(owner, (((NameRecordData)data).Name, ttl));
    }

    private void ReadAuthority()
    {
        var (_, type, klass, ttl, end) = ReadHead();
        if (reader.Failed) return;
        if (type == (ushort)DnsType.Soa && klass == In && DnsRecordParser.Read(ref reader, DnsType.Soa, end) is SoaRecordData soa)
        {
            if (reader.Offset != end) reader.Fail();
            negativeTtl ??= Math.Min(ttl, soa.Minimum); // RFC 2308 §5
            return;
        }
        reader.Skip(end - reader.Offset);
    }

    private void ReadAdditional()
    {
        var start = reader.Offset;
        var (owner, type, _, ttl, end) = ReadHead(isTtl: false);
        if (reader.Failed) return;
        if (type != Opt)
        {
            reader.Skip(end - reader.Offset);
            return;
        }
        if (hasOpt || owner.Length > 0 || message[start] != 0) reader.Fail(); // one, at the root (RFC 6891 §6.1.1)
        hasOpt = true;
        responseCode |= (int)(ttl >> 24) << 4;
        while (!reader.Failed && reader.Offset < end) ReadOption(end);
    }

    private void ReadOption(int end)
    {
        var code = reader.ReadUInt16();
        var length = reader.ReadUInt16();
        if (length > end - reader.Offset)
        {
            reader.Fail();
            return;
        }
        var data = reader.ReadBytes(length);
        if (code != ExtendedError) return;
        if (length < 2)
        {
            reader.Fail();
            return;
        }
        // 6 DNSSEC Bogus to 12 NSEC Missing (RFC 8914 §4).
        isValidationFailure |= BinaryPrimitives.ReadUInt16BigEndian(data) is >= 6 and <= 12;
    }

    private (string Owner, ushort Type, ushort Class, uint Ttl, int End) ReadHead(bool isTtl = true)
    {
        var owner = reader.ReadName();
        var type = reader.ReadUInt16();
        var klass = reader.ReadUInt16();
        var ttl = reader.ReadUInt32();
        if (isTtl && ttl > int.MaxValue) ttl = 0; // RFC 2181 §8
        var length = reader.ReadUInt16();
        if (length > message.Length - reader.Offset) reader.Fail();
        return (owner, type, klass, ttl, reader.Offset + length);
    }

    private readonly DnsReply Follow(bool authentic)
    {
        var reply = new DnsReply
        {
            ResponseCode = responseCode, IsAuthenticData = authentic, IsValidationFailure = isValidationFailure, Octets = message.Length,
            HasAuthority = negativeTtl is not null,
        };
        var at = query.Question.Name;
        var chainTtl = uint.MaxValue;
        for (var length = 0; ; length++)
        {
            var (records, ttl) = OwnedBy(at);
            var alias = default((string Target, uint Ttl));
            if (records.Count > 0 || aliases is null || !aliases.TryGetValue(at, out alias))
                return reply with { CanonicalName = at, ChainLength = length, ChainTtlSeconds = chainTtl, Records = records, TtlSeconds = Math.Min(chainTtl, ttl) };
            if (length == MaxChain) return reply with { CanonicalName = at, ChainLength = length, IsEndless = true };
            at = alias.Target;
            chainTtl = Math.Min(chainTtl, alias.Ttl);
        }
    }

    /// <summary>Records of the asked type; the TTL of "there is none" when there are none.</summary>
    private readonly (List<DnsRecordData> Records, uint Ttl) OwnedBy(string name)
    {
        var records = new List<DnsRecordData>();
        var ttl = uint.MaxValue;
        foreach (var (owner, recordTtl, data) in found ?? [])
        {
            if (owner != name) continue;
            records.Add(data);
            ttl = Math.Min(ttl, recordTtl);
        }
        return (records, records.Count > 0 ? ttl : negativeTtl ?? 0);
    }
}
