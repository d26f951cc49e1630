using System.Net;
using System.Text.Json;
using Facteur.Net.Dns;

namespace Facteur.IntegrationTests.Authentication;

/// <summary>Records in memory, for us as a resolver and for a peer as JSON.</summary>
internal sealed class ZoneTable : DnsResolver
{
    private readonly Dictionary<string, List<string>> txt = [], a = [], aaaa = [], mx = [], ptr = [];

    public ZoneTable Txt(string name, string text) => Add(txt, name, text);
    public ZoneTable Mx(string name, string host) => Add(mx, name, host);
    public ZoneTable Ptr(string address, string host) => Add(ptr, ReverseName(IPAddress.Parse(address)), host);
    public ZoneTable Address(string name, string address) => Add(address.Contains(':') ? aaaa : a, name, address);

    public string Json() => JsonSerializer.Serialize(new Dictionary<string, object> { ["TXT"] = txt, ["A"] = a, ["AAAA"] = aaaa, ["MX"] = mx, ["PTR"] = ptr });

    public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel)
    {
        name = name.ToLowerInvariant();
        var values = (type switch { DnsType.Txt => txt, DnsType.A => a, DnsType.Aaaa => aaaa, DnsType.Mx => mx, _ => ptr }).GetValueOrDefault(name) ?? [];
        DnsRecordData[] records = [.. values.Select(value => type switch
        {
            DnsType.Txt => (DnsRecordData)new TxtRecordData(value),
            DnsType.Mx => new MxRecordData(10, value),
            DnsType.Ptr => new NameRecordData(value),
            _ => new AddressRecordData(IPAddress.Parse(value)),
        })];
        return new(new DnsAnswer(records.Length > 0 ? DnsStatus.Success : DnsStatus.NoData, records, false, name, TimeSpan.Zero));
    }

    private ZoneTable Add(Dictionary<string, List<string>> table, string name, string value)
    {
        if (!table.TryGetValue(name, out var values)) table[name] = values = [];
        values.Add(value);
        return this;
    }
}
