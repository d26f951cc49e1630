using System.Collections.Concurrent;
using System.Net;
using Facteur.Net.Dns;

namespace Facteur.Tests.Support;

/// <summary>A resolver over records written down in a test; names that are not there do not exist. Follows CNAMEs and counts the questions.</summary>
internal sealed class ZoneResolver : DnsResolver
{
    private const int MaxChain = 10;
    private readonly ConcurrentDictionary<(string Name, DnsType Type), List<DnsRecordData>> records = new();
    private readonly ConcurrentDictionary<(string Name, DnsType? Type), DnsStatus> failures = new();
    private readonly ConcurrentDictionary<string, bool> secure = new();
    private int questions;

    public int Questions => Volatile.Read(ref questions);

    public ZoneResolver A(string name, params string[] addresses) => Add(name, DnsType.A, addresses.Select(text => new AddressRecordData(IPAddress.Parse(text))));
    public ZoneResolver Aaaa(string name, params string[] addresses) => Add(name, DnsType.Aaaa, addresses.Select(text => new AddressRecordData(IPAddress.Parse(text))));
    public ZoneResolver Mx(string name, ushort preference, string exchange) => Add(name, DnsType.Mx, [new MxRecordData(preference, exchange)]);
    public ZoneResolver Txt(string name, params string[] texts) => Add(name, DnsType.Txt, texts.Select(text => new TxtRecordData(text)));
    public ZoneResolver Ptr(IPAddress address, string name) => Add(ReverseName(address), DnsType.Ptr, [new NameRecordData(name)]);
    public ZoneResolver Cname(string name, string target) => Add(name, DnsType.Cname, [new NameRecordData(target)]);

    public ZoneResolver Add(string name, DnsType type, IEnumerable<DnsRecordData> data)
    {
        var list = records.GetOrAdd((Key(name), type), _ => []);
        lock (list) list.AddRange(data);
        return this;
    }

    /// <summary>Questions for the name (of this type, or of all) fail like this.</summary>
    public ZoneResolver Fail(string name, DnsStatus status, DnsType? type = null)
    {
        failures[(Key(name), type)] = status;
        return this;
    }

    public ZoneResolver Mend(string name)
    {
        foreach (var key in failures.Keys.Where(key => key.Name == Key(name))) failures.TryRemove(key, out _);
        return this;
    }

    public ZoneResolver Remove(string name, DnsType type)
    {
        records.TryRemove((Key(name), type), out _);
        return this;
    }

    /// <summary>Answers for this name and all below it are authentic.</summary>
    public ZoneResolver Signed(string name)
    {
        secure[Key(name)] = true;
        return this;
    }

    public ZoneResolver Unsigned(string name)
    {
        secure.TryRemove(Key(name), out _);
        return this;
    }

    public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Interlocked.Increment(ref questions);
        var at = Key(name);
        var authentic = true;
        for (var i = 0; i < MaxChain; i++)
        {
            authentic &= IsSigned(at);
            if (failures.TryGetValue((at, type), out var failure) || failures.TryGetValue((at, null), out failure)) return Answer(failure, [], at, false);
            if (records.TryGetValue((at, type), out var found))
            {
                lock (found) return Answer(DnsStatus.Success, [.. found], at, authentic);
            }
            if (!records.TryGetValue((at, DnsType.Cname), out var alias))
                return Answer(Exists(at) ? DnsStatus.NoData : DnsStatus.NoSuchName, [], at, authentic);
            at = Key(((NameRecordData)alias[0]).Name);
        }
        return Answer(DnsStatus.ServerFailure, [], at, false);
    }

    private static ValueTask<DnsAnswer> Answer(DnsStatus status, IReadOnlyList<DnsRecordData> data, string name, bool authentic) =>
        new(new DnsAnswer(status, data, authentic, name, TimeSpan.FromMinutes(5)));

    // An empty non-terminal exists (RFC 8020).
    private bool Exists(string name) => records.Keys.Any(key => key.Name == name || key.Name.EndsWith("." + name, StringComparison.Ordinal));

    private bool IsSigned(string name) => secure.Keys.Any(zone => name == zone || name.EndsWith("." + zone, StringComparison.Ordinal));

    private static string Key(string name) => name.TrimEnd('.').ToLowerInvariant();
}
