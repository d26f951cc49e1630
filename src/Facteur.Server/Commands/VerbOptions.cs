using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>Options that every administrative verb has.</summary>
internal static class VerbOptions
{
    public static Option<string?> Config { get; } = new("--config", "-c") { Description = "Configuration file (default: facteur.json here, else /etc/facteur/facteur.json)", HelpName = "file" };

    public static Option<bool> Json { get; } = new("--json") { Description = "Answer with one JSON value on standard output" };

    public static Argument<string> Address() => new("ADDRESS") { Description = "Address in full, such as claire@exemple.fr" };

    public static Argument<string> DomainName() => new("DOMAIN") { Description = "Domain name, such as exemple.fr" };

    public static Argument<string> Account() => new("ACCOUNT") { Description = "Address of the account" };

    public static Option<string?> Label() => new("--label") { Description = "A note, such as to whom the address was given" };

    public static Option<bool> PasswordStdin() => new("--password-stdin") { Description = "Read the password from the first line of standard input (default: one is made and shown once)" };
}
