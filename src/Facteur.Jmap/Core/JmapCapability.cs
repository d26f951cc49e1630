using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Writes properties of a capability's object for the whole server; the braces are there already.</summary>
public delegate void ServerCapabilityWriter(Utf8JsonWriter writer, JmapServices services);

/// <summary>Writes properties of a capability's object for one account of a user; the braces are there already.</summary>
public delegate void AccountCapabilityWriter(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account);

/// <summary>A capability as the session shows it (RFC 8620 §2). It is offered when a method of it exists, so that nothing is promised that is not there.</summary>
/// <param name="Name">One of <see cref="JmapCapabilities"/>.</param>
/// <param name="Server">Null for an empty object.</param>
/// <param name="Account">Null for an empty object; see <see cref="IsOfAccounts"/>.</param>
public sealed record JmapCapability(string Name, ServerCapabilityWriter? Server = null, AccountCapabilityWriter? Account = null)
{
    /// <summary>False for what only accounts have: it is not among the capabilities of the session, and nobody names it in "using".</summary>
    public bool IsOfServer { get; init; } = true;

    /// <summary>False for what no account has: core and the transports.</summary>
    public bool IsOfAccounts { get; init; } = true;

    /// <summary>Whether it is offered; null: when it has a method.</summary>
    public Func<JmapServices, bool>? IsOffered { get; init; }

    /// <summary>Whether an account has it; a method of it answers accountNotSupportedByMethod for one that has not.</summary>
    public Func<JmapAccount, bool> IsFor { get; init; } = static _ => true;
}

/// <summary>The capabilities that a server offers.</summary>
public sealed class JmapCapabilitySet
{
    private readonly Dictionary<string, JmapCapability> byName;

    /// <param name="methods">All that are registered.</param>
    public JmapCapabilitySet(JmapServices services, IEnumerable<JmapCapability> table, IEnumerable<JmapMethod> methods)
    {
        var used = methods.Select(method => method.Capability).ToHashSet(StringComparer.Ordinal);
        List<JmapCapability> offered = [.. table.Where(one => one.IsOffered?.Invoke(services) ?? used.Contains(one.Name))];
        OfAccounts = offered.FindAll(one => one.IsOfAccounts);
        All = offered.FindAll(one => one.IsOfServer);
        byName = All.ToDictionary(one => one.Name, StringComparer.Ordinal);
    }

    /// <summary>Those that accounts may have, also what is no capability of the server.</summary>
    public IReadOnlyList<JmapCapability> OfAccounts { get; }

    /// <summary>Those of the server, in the order of the table.</summary>
    public IReadOnlyList<JmapCapability> All { get; }

    /// <summary>Null for one that is not offered.</summary>
    public JmapCapability? Find(string name) => byName.GetValueOrDefault(name);
}
