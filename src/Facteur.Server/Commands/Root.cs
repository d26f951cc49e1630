using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>The facteur command line: each verb is one file here and one line below.</summary>
internal static class Root
{
    public static RootCommand Create() => new("Facteur: a whole e-mail server in one program")
    {
        Run.Create(),
        Domain.Create(),
        Account.Create(),
        Queue.Create(),
        Dns.Create(),
        Dkim.Create(),
        Trace.Create(),
        Status.Create(),
        Demo.Create(),
    };
}
