using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>The facteur command line: each verb is one file here and one line below.</summary>
internal static class Root
{
    // A word with "@" in front is an alias or a domain here, never the name of a file with more words.
    private static readonly ParserConfiguration configuration = new() { ResponseFileTokenReplacer = null };

    // Made once: options that verbs share remember every command they were ever added to.
    private static readonly Lazy<RootCommand> all = new(Create);

    public static ParseResult Parse(IReadOnlyList<string> words) => all.Value.Parse(words, configuration);

    private static RootCommand Create() => new("Facteur: a whole e-mail server in one program")
    {
        Run.Create(),
        Domain.Create(),
        Account.Create(),
        Block.Create(),
        Group.Create(),
        Identity.Create(),
        Alias.Create(),
        Address.Create(),
        Forward.Create(),
        Rules.Create(),
        Vacation.Create(),
        Queue.Create(),
        Route.Create(),
        Limits.Create(),
        Policy.Create(),
        Suppress.Create(),
        Filter.Create(),
        Sieve.Create(),
        Dns.Create(),
        Dkim.Create(),
        Trace.Create(),
        Test.Create(),
        Setting.Create(),
        Ldap.Create(),
        Export.Create(),
        Import.Create(),
        Listener.Create(),
        Reload.Create(),
        OAuth.Create(),
        Status.Create(),
        Demo.Create(),
    };
}
