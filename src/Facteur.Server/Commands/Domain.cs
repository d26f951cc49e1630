using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>facteur domain …</summary>
internal static class Domain
{
    public static Command Create() => new("domain", "Domains that this server takes mail for")
    {
        DomainAdd.Create(),
        DomainList.Create(),
        DomainDefault.Create(),
        Locale.CreateForDomain(),
        Locale.CreatePostmaster(),
        Locale.CreateVerp(),
        DomainRemove.Create(),
    };
}
