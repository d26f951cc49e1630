using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>Options that say to what a setting belongs; none of them means the site.</summary>
/// <param name="withGroups">Groups may have it.</param>
internal sealed class ScopeOptions(bool withGroups = false)
{
    public Option<string?> Account { get; } = new("--account") { Description = "Of this account only" };
    public Option<string?> Group { get; } = new("--group") { Description = "Of the accounts in this group only; exemple.fr/ventes where several domains have one of the name" };
    public Option<string?> Domain { get; } = new("--domain") { Description = "Of this domain only (default: of the whole server)" };

    /// <summary>Said aloud; it is what holds without it.</summary>
    private Option<bool> Site { get; } = new("--site") { Description = "Of the whole server" };

    public Symbol[] All => withGroups ? [Account, Group, Domain, Site] : [Account, Domain];

    public (string, string?)[] Of(ParseResult line)
    {
        var (account, domain) = (line.GetValue(Account), line.GetValue(Domain));
        if (!withGroups) return [("account", account), ("domain", domain)];
        var group = line.GetValue(Group);
        if (line.GetValue(Site) && (account ?? group ?? domain) is not null) throw new UsageException("Give one of --site, --domain, --group and --account.");
        return [("account", account), ("group", group), ("domain", domain)];
    }
}
