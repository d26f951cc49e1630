using System.Net;
using Facteur.Net.Dns;
using Facteur.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Facteur.Tests.Delivery.Authentication.Spf;

/// <summary>The openspf.org test suite for RFC 7208: scenarios of a zone and the checks that are made over it.</summary>
internal sealed class SpfSuite
{
    private static readonly Lazy<SpfSuite?> Loaded = new(() =>
        SharedMaterial.Folder is { } shared && Path.Combine(shared, "corpus", "spf", "rfc7208-tests.yml") is var file && File.Exists(file) ? new SpfSuite(file) : null);

    private SpfSuite(string file)
    {
        using var reader = new StreamReader(file);
        var yaml = new YamlStream();
        yaml.Load(reader);
        foreach (var document in yaml.Documents) ReadScenario((YamlMappingNode)document.RootNode);
    }

    /// <summary>Null when the suite is not beside the repository.</summary>
    public static SpfSuite? Instance => Loaded.Value;

    public Dictionary<string, SpfCase> Cases { get; } = [];

    private void ReadScenario(YamlMappingNode scenario)
    {
        var zone = Zone((YamlMappingNode)scenario["zonedata"]);
        foreach (var (name, node) in (YamlMappingNode)scenario["tests"])
        {
            var test = (YamlMappingNode)node;
            var results = test["result"] is YamlSequenceNode several ? several.Select(Text).ToArray() : [Text(test["result"])];
            Cases.Add(Text(name), new SpfCase(zone, IPAddress.Parse(Text(test["host"])), Text(test["helo"]), Text(test["mailfrom"]), results,
                test.Children.TryGetValue("explanation", out var explanation) ? Text(explanation) : null));
        }
    }

    private static ZoneResolver Zone(YamlMappingNode data)
    {
        var zone = new ZoneResolver();
        foreach (var (key, records) in data)
        {
            var name = Text(key);
            var entries = ((YamlSequenceNode)records).ToList();
            var types = new HashSet<DnsType>();
            // SPF stands for TXT where the name has no TXT of its own; "TXT: NONE" only forbids that.
            var ownTxt = entries.OfType<YamlMappingNode>().Any(entry => entry.Children.ContainsKey("TXT"));
            foreach (var (type, value) in entries.OfType<YamlMappingNode>().SelectMany(entry => entry.Children))
                if (Text(type) is var typed && !(typed == "SPF" && ownTxt) && Text(value) != "NONE")
                    types.Add(Add(zone, name, typed, value));
            if (entries.OfType<YamlScalarNode>().Any(entry => entry.Value == "TIMEOUT"))
                foreach (var type in new[] { DnsType.A, DnsType.Aaaa, DnsType.Mx, DnsType.Ptr, DnsType.Txt }.Except(types))
                    zone.Fail(name, DnsStatus.Timeout, type);
        }
        return zone;
    }

    private static DnsType Add(ZoneResolver zone, string name, string type, YamlNode value)
    {
        switch (type)
        {
            case "A": zone.A(name, Text(value)); return DnsType.A;
            case "AAAA": zone.Aaaa(name, Text(value)); return DnsType.Aaaa;
            case "MX": zone.Mx(name, ushort.Parse(Text(value[0]), null), Text(value[1])); return DnsType.Mx;
            case "PTR": zone.Add(name, DnsType.Ptr, [new NameRecordData(Text(value).TrimEnd('.').ToLowerInvariant())]); return DnsType.Ptr;
            case "CNAME": zone.Cname(name, Text(value)); return DnsType.Cname;
            default: zone.Txt(name, value is YamlSequenceNode strings ? string.Concat(strings.Select(Text)) : Text(value)); return DnsType.Txt;
        }
    }

    private static string Text(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : "";
}

/// <summary>One check. The first of <paramref name="Results"/> is preferred, the others are allowed.</summary>
internal sealed record SpfCase(ZoneResolver Zone, IPAddress Client, string Hello, string MailFrom, string[] Results, string? Explanation)
{
    public (string, string)? Sender => MailFrom.Length == 0 ? null : (MailFrom[..MailFrom.LastIndexOf('@')], MailFrom[(MailFrom.LastIndexOf('@') + 1)..]);
}
