using System.Globalization;
using System.Net;
using Facteur.Net;
using Microsoft.Extensions.Configuration;

namespace Facteur.Server.Configuration;

/// <summary>The key "listen": where each kind of listener is open, and how it treats clients' certificates.</summary>
internal static class ListenKeys
{
    private const string Address = "address", ClientCertificates = "clientCertificates", ClientCa = "clientCa", Preauth = "preauth";

    public static string Allowed => $"an object under {string.Join(", ", ListenerKind.All.Select(k => k.Name))}, each with address:port, a port (0: off), or a list of such";

    /// <exception cref="ConfigurationException">A listener is unknown or a value is not allowed.</exception>
    public static List<ListenAddress> Read(IConfigurationSection value, string folder)
    {
        ConfigurationKeys.RequireSection(value);
        var addresses = new List<ListenAddress>();
        foreach (var listener in value.GetChildren())
        {
            ConfigurationKeys.RequireKnown(listener, ListenerKind.All.Select(k => k.Name));
            var kind = ListenerKind.All.First(k => k.Name.Equals(listener.Key, StringComparison.OrdinalIgnoreCase));
            foreach (var entry in Entries(listener))
            {
                if (ReadOne(entry, kind, folder) is not { } address)
                    continue;
                if (addresses.Find(other => Collide(other, address)) is { } taken)
                    throw ConfigurationKeys.Wrong(entry, $"an address that {taken.Kind.Name} does not have already");
                addresses.Add(address);
            }
        }
        return addresses.Count > 0 ? addresses : throw ConfigurationKeys.Wrong(value);
    }

    /// <summary>A single value needs no list.</summary>
    private static List<IConfigurationSection> Entries(IConfigurationSection listener)
    {
        var children = listener.GetChildren().ToList();
        if (!string.IsNullOrEmpty(listener.Value) || children.Exists(child => !int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return [listener];
        return children;
    }

    /// <summary>Null: port 0 alone, which switches off.</summary>
    private static ListenAddress? ReadOne(IConfigurationSection entry, ListenerKind kind, string folder)
    {
        if (!entry.GetChildren().Any())
            return ReadAddress(entry, kind);
        foreach (var child in entry.GetChildren())
            ConfigurationKeys.RequireKnown(child, [Address, ClientCertificates, ClientCa, Preauth]);
        var rules = ReadRules(entry, kind, folder); // before the address: wrong rules of a listener that is off are wrong all the same
        return ReadAddress(entry.GetSection(Address), kind) is { } address ? address with { Rules = rules } : null;
    }

    private static ListenAddress? ReadAddress(IConfigurationSection value, ListenerKind kind)
    {
        if (ushort.TryParse(value.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return port == 0 ? null : new ListenAddress(kind, new IPEndPoint(MailListener.AllAddresses, port));
        return new ListenAddress(kind, ListenAddress.Parse(value.Value ?? "") ?? throw ConfigurationKeys.Wrong(value, ListenAddress.Allowed));
    }

    private static ListenRules ReadRules(IConfigurationSection entry, ListenerKind kind, string folder)
    {
        var (modeKey, fileKey, preauthKey) = (entry.GetSection(ClientCertificates), entry.GetSection(ClientCa), entry.GetSection(Preauth));
        var mode = modeKey.Value?.ToLowerInvariant() switch
        {
            null or "none" => ClientCertificateMode.None,
            "optional" => ClientCertificateMode.Optional,
            "required" => ClientCertificateMode.Required,
            _ => throw ConfigurationKeys.Wrong(modeKey, "none, optional or required"),
        };
        if (mode != ClientCertificateMode.None && kind is { Protocol: ListenerProtocol.Http, ImplicitTls: false })
            throw ConfigurationKeys.Wrong(modeKey, "none: there is no TLS on http");
        if (mode != ClientCertificateMode.None && string.IsNullOrWhiteSpace(fileKey.Value))
            throw ConfigurationKeys.Wrong(fileKey, "the path of a PEM file with the authorities whose client certificates are believed");
        if (mode == ClientCertificateMode.None && fileKey.Exists())
            throw ConfigurationKeys.Wrong(modeKey, "optional or required where there is a clientCa");
        var preauth = preauthKey.Value?.ToLowerInvariant() switch
        {
            null or "false" => false,
            "true" when mode != ClientCertificateMode.None && kind is { Protocol: ListenerProtocol.Imap, ImplicitTls: true } => true,
            _ => throw ConfigurationKeys.Wrong(preauthKey, "true only on imaps with clientCertificates optional or required, or false"),
        };
        return new ListenRules(mode, mode == ClientCertificateMode.None ? null : Path.GetFullPath(fileKey.Value!, folder), preauth);
    }

    /// <summary>Port 0 of an address is one that the system gives: other kinds may ask for one too.</summary>
    private static bool Collide(ListenAddress one, ListenAddress other) =>
        one.EndPoint.Equals(other.EndPoint) && (one.EndPoint.Port != 0 || one.Kind == other.Kind);
}
