using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>Options that say to what a setting belongs; neither means the site.</summary>
internal sealed class ScopeOptions
{
    public Option<string?> Account { get; } = new("--account") { Description = "Of this account only" };
    public Option<string?> Domain { get; } = new("--domain") { Description = "Of this domain only (default: of the whole server)" };

    public Symbol[] All => [Account, Domain];

    public (string, string?)[] Of(ParseResult line) => [("account", line.GetValue(Account)), ("domain", line.GetValue(Domain))];
}
