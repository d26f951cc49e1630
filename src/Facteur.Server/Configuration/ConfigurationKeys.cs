using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Facteur.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Configuration;

/// <summary>The keys of the configuration: name, what is allowed, how it is read. The only place that knows them.</summary>
internal static class ConfigurationKeys
{
    private delegate FacteurConfiguration Reader(FacteurConfiguration before, IConfigurationSection value, string folder);

    private static readonly Dictionary<string, (string Allowed, Reader Read)> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["hostname"] = ("a host name such as mail.example.org", (c, v, _) => c with { Hostname = ReadHostname(v) }),
        ["data"] = ("the path of a folder", (c, v, folder) => c with { Data = ReadPath(v, folder) }),
        ["listen"] = (ListenKeys.Allowed, (c, v, folder) => c with { Listen = ListenKeys.Read(v, folder) }),
        ["tls"] = ("""{"certificate": file, "key": file} or a list of such""", (c, v, folder) => c with { Tls = ReadTls(v, folder) }),
        ["auth"] = ("""{"plaintext": "never" or "loopback"}""", (c, v, _) => c with { PlaintextAuth = ReadAuth(v) }),
        ["log"] = ("trace, debug, information, warning or error", (c, v, _) => c with { Log = ReadLog(v) }),
        ["proxies"] = ("a list of networks such as 192.0.2.0/24 whose connections begin with a PROXY header", (c, v, _) => c with { Proxies = ReadNetworks(v) }),
        ["dns"] = ("a list of resolvers as address or address:port", (c, v, _) => c with { Dns = ReadDns(v) }),
        ["outbound"] = ("""{"allow": [networks], "port": number, "bind": [addresses]}""", (c, v, _) => c with { Outbound = ReadOutbound(v) }),
    };

    /// <summary>Reads all keys over the defaults.</summary>
    /// <param name="folder">Relative paths start here.</param>
    /// <exception cref="ConfigurationException">A key is unknown or a value is not allowed.</exception>
    public static FacteurConfiguration Read(IConfiguration configuration, FacteurConfiguration defaults, string folder)
    {
        var result = defaults;
        foreach (var section in configuration.GetChildren())
        {
            RequireKnown(section, Keys.Keys);
            result = Keys[section.Key].Read(result, section, folder);
        }
        return result;
    }

    private static string ReadHostname(IConfigurationSection value)
    {
        var text = Text(value);
        try
        {
            var name = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text.TrimEnd('.')).ToLowerInvariant();
            if (name.Length <= 253 && !IPAddress.TryParse(name, out _))
                return name;
        }
        catch (ArgumentException)
        {
            // No domain name.
        }
        throw Wrong(value);
    }

    private static string ReadPath(IConfigurationSection value, string folder)
    {
        var text = Text(value);
        return text.Contains('\0', StringComparison.Ordinal) ? throw Wrong(value) : Path.GetFullPath(text, folder);
    }

    private static List<CertificateFiles> ReadTls(IConfigurationSection value, string folder)
    {
        RequireSection(value);
        var entries = value.GetChildren().ToList();
        var isList = entries.All(e => int.TryParse(e.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return [.. (isList ? entries : [value]).Select(entry => ReadCertificate(entry, folder))];
    }

    private static CertificateFiles ReadCertificate(IConfigurationSection value, string folder)
    {
        RequireSection(value);
        foreach (var child in value.GetChildren())
            RequireKnown(child, ["certificate", "key"]);
        return new CertificateFiles(ReadFile("certificate"), ReadFile("key"));

        string ReadFile(string name)
        {
            var path = value.GetSection(name);
            if (string.IsNullOrWhiteSpace(path.Value))
                throw new ConfigurationException($"The key {Name(path)} is missing or empty; allowed is the path of a PEM file.");
            return Path.GetFullPath(path.Value, folder);
        }
    }

    private static PlaintextAuth ReadAuth(IConfigurationSection value)
    {
        RequireSection(value);
        var result = PlaintextAuth.Never;
        foreach (var child in value.GetChildren())
        {
            RequireKnown(child, ["plaintext"]);
            result = child.Value?.ToLowerInvariant() switch
            {
                "never" => PlaintextAuth.Never,
                "loopback" => PlaintextAuth.Loopback,
                _ => throw Wrong(child, "never or loopback"),
            };
        }
        return result;
    }

    private static LogLevel ReadLog(IConfigurationSection value) => Text(value).ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "information" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw Wrong(value),
    };

    private static List<IPNetwork> ReadNetworks(IConfigurationSection value) =>
        ReadList<IPNetwork>(value, IPNetwork.TryParse, "a network such as 192.0.2.0/24 or 2001:db8::/32");

    private static List<IPEndPoint> ReadDns(IConfigurationSection value) =>
        [.. ReadList<IPEndPoint>(value, IPEndPoint.TryParse, "an address such as 127.0.0.1 or [::1]:5353")
            .Select(server => server.Port == 0 ? new IPEndPoint(server.Address, 53) : server)];

    private static OutboundConfiguration ReadOutbound(IConfigurationSection value)
    {
        RequireSection(value);
        var result = new OutboundConfiguration();
        foreach (var child in value.GetChildren())
        {
            RequireKnown(child, ["allow", "port", "bind"]);
            result = child.Key.ToLowerInvariant() switch
            {
                "allow" => result with { Allow = ReadNetworks(child) },
                "port" => result with
                {
                    Port = int.TryParse(child.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536 ? port : throw Wrong(child, "a port from 1 to 65535"),
                },
                _ => result with { Bind = ReadList<IPAddress>(child, IPAddress.TryParse, "an address of this machine") },
            };
        }
        return result;
    }

    private delegate bool Parser<T>(string text, [NotNullWhen(true)] out T? value);

    private static List<T> ReadList<T>(IConfigurationSection value, Parser<T> parse, string allowed) =>
        string.IsNullOrEmpty(value.Value) ? [.. value.GetChildren().Select(entry => parse(entry.Value ?? "", out var item) ? item : throw Wrong(entry, allowed))] : throw Wrong(value);

    private static string Text(IConfigurationSection value) => string.IsNullOrWhiteSpace(value.Value) ? throw Wrong(value) : value.Value;

    /// <summary>The value must be an object or a list.</summary>
    /// <exception cref="ConfigurationException">It is none.</exception>
    internal static void RequireSection(IConfigurationSection value)
    {
        if (!string.IsNullOrEmpty(value.Value) || !value.GetChildren().Any())
            throw Wrong(value);
    }

    internal static void RequireKnown(IConfigurationSection section, IEnumerable<string> allowed)
    {
        var names = allowed.ToList();
        if (names.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            return;
        var near = Spelling.Nearest(section.Key, names) is { } name ? $" (did you mean {name}?)" : "";
        throw new ConfigurationException($"The key {Name(section)} is unknown{near}; allowed are {string.Join(", ", names)}.");
    }

    internal static ConfigurationException Wrong(IConfigurationSection value, string? allowed = null) =>
        new($"The key {Name(value)} is {Shown(value)}; allowed is {allowed ?? Keys[value.Path.Split(':')[0]].Allowed}.");

    private static string Shown(IConfigurationSection value) =>
        value.Value is { } text ? $"\"{text}\"" : value.GetChildren().Any() ? "an object or a list" : "empty";

    /// <summary>As one would write it: listen.imap[0].</summary>
    private static string Name(IConfigurationSection section) => string.Concat(section.Path.Split(':').Select((part, i) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"[{part}]" : i == 0 ? part : "." + part));
}
