using Facteur.Net;
using Facteur.Server.Configuration;

namespace Facteur.Server.Running;

/// <summary>The rules for clients' certificates at each address, with their authorities read from files; those that share a file share the authorities.</summary>
internal sealed class ListenerRules
{
    private readonly TimeProvider time;
    private volatile Loaded current;

    /// <summary>What was read, not yet in use.</summary>
    public sealed record Loaded(IReadOnlyDictionary<ListenAddress, ClientCertificateRules> Rules, IReadOnlyDictionary<string, ClientAuthorities> Authorities);

    /// <exception cref="CertificateException">A file of authorities cannot be used.</exception>
    public ListenerRules(IReadOnlyList<ListenAddress> listen, TimeProvider time)
    {
        this.time = time;
        current = Read(listen);
    }

    public Loaded Current
    {
        get => current;
        set => current = value;
    }

    /// <summary>The files of authorities in use.</summary>
    public IEnumerable<string> Files => current.Authorities.Keys;

    /// <summary>Null when no certificate is asked for.</summary>
    public ClientCertificateRules? At(ListenAddress address) => current.Rules.GetValueOrDefault(address);

    /// <summary>Reads the files that these addresses name.</summary>
    /// <exception cref="CertificateException">One cannot be used.</exception>
    public Loaded Read(IReadOnlyList<ListenAddress> listen)
    {
        var authorities = listen.Select(address => address.Rules.ClientCa).OfType<string>().Distinct(StringComparer.Ordinal)
            .ToDictionary(file => file, file => ClientAuthorities.Load(file, time), StringComparer.Ordinal);
        var rules = listen.Where(address => address.Rules.ClientCa is not null)
            .ToDictionary(address => address, address => new ClientCertificateRules(address.Rules.ClientCertificates, authorities[address.Rules.ClientCa!]));
        return new Loaded(rules, authorities);
    }

    /// <summary>Reads the same files again.</summary>
    /// <exception cref="CertificateException">One cannot be used; it stays as it was.</exception>
    public void Reload()
    {
        foreach (var authorities in current.Authorities.Values) authorities.Reload();
    }
}
