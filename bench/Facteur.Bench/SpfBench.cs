using System.Collections.Frozen;
using System.Net;
using BenchmarkDotNet.Attributes;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Net.Dns;

namespace Facteur.Bench;

/// <summary>What an SPF check costs once the DNS answers are at hand.</summary>
[MemoryDiagnoser]
public class SpfBench
{
    private readonly SpfEvaluator evaluator = new(new CachedAnswers(), TimeProvider.System, new SpfOptions());
    private readonly IPAddress last = IPAddress.Parse("203.0.113.77");
    private readonly IPAddress first = IPAddress.Parse("192.0.2.10");

    /// <summary>The client stands in the record itself.</summary>
    [Benchmark]
    public ValueTask<SpfResult> Simple() => evaluator.CheckAsync(first, "mx.example.org", ("marie", "simple.example"), default);

    /// <summary>A hosting service: three includes with ten networks each, the client in the last.</summary>
    [Benchmark]
    public ValueTask<SpfResult> Includes() => evaluator.CheckAsync(last, "mx.example.org", ("marie", "hosted.example"), default);

    [Benchmark]
    public ValueTask<SpfResult> Macro() => evaluator.CheckAsync(last, "mx.example.org", ("marie", "macro.example"), default);

    private sealed class CachedAnswers : DnsResolver
    {
        private static readonly DnsAnswer Nothing = new(DnsStatus.NoSuchName, [], false, "", TimeSpan.FromMinutes(5));

        private static readonly FrozenDictionary<(string, DnsType), DnsAnswer> Answers = new Dictionary<(string, DnsType), DnsAnswer>
        {
            [("simple.example", DnsType.Txt)] = Txt("v=spf1 ip4:192.0.2.0/24 mx -all"),
            [("hosted.example", DnsType.Txt)] = Txt("v=spf1 mx include:_a.example include:_b.example include:_c.example ~all"),
            [("hosted.example", DnsType.Mx)] = Found(new MxRecordData(10, "mx.hosted.example")),
            [("mx.hosted.example", DnsType.A)] = Found(new AddressRecordData(IPAddress.Parse("198.51.100.1"))),
            [("_a.example", DnsType.Txt)] = Txt(Networks(10, "~all")),
            [("_b.example", DnsType.Txt)] = Txt(Networks(20, "~all")),
            [("_c.example", DnsType.Txt)] = Txt(Networks(30, "ip4:203.0.113.0/25 ~all")),
            [("macro.example", DnsType.Txt)] = Txt("v=spf1 exists:%{ir}.%{l1r+}._spf.%{d2} -all"),
            [("77.113.0.203.marie._spf.macro.example", DnsType.A)] = Found(new AddressRecordData(IPAddress.Loopback)),
        }.ToFrozenDictionary();

        public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel) =>
            new(Answers.TryGetValue((name, type), out var answer) ? answer : Nothing);

        private static DnsAnswer Txt(string text) => Found(new TxtRecordData(text));

        private static DnsAnswer Found(params DnsRecordData[] records) => new(DnsStatus.Success, records, false, "", TimeSpan.FromMinutes(5));

        private static string Networks(int start, string end) =>
            "v=spf1 " + string.Concat(Enumerable.Range(start, 10).Select(i => $"ip4:10.{i}.0.0/16 ")) + end;
    }
}
