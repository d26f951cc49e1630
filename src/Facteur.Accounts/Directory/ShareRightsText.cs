using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What a member of a shared account may do, as people write it: "read,write,send-as".</summary>
public static class ShareRightsText
{
    private static readonly (string Name, ShareRights Right)[] names = [("read", ShareRights.Read), ("write", ShareRights.Write), ("send-as", ShareRights.SendAs)];

    public static IReadOnlyList<string> List(ShareRights rights) => [.. names.Where(one => rights.HasFlag(one.Right)).Select(one => one.Name)];

    /// <summary>What a member needs to log in as a shared account: to send as it where mail is handed in, else to read it.</summary>
    internal static ShareRights NeededBy(MailProtocol protocol) => protocol == MailProtocol.Submission ? ShareRights.SendAs : ShareRights.Read;

    /// <summary>Names of rights, "all" or "none". To write is to read too.</summary>
    /// <exception cref="AccountRuleException">One is unknown; the message says which there are.</exception>
    public static ShareRights Parse(IEnumerable<string> rights)
    {
        var sum = ShareRights.None;
        foreach (var right in rights)
        {
            if (right == "none") continue;
            if (right == "all") sum = ShareRights.All;
            else sum |= names.FirstOrDefault(one => one.Name == right) is { Name: not null } found
                ? found.Right : throw new AccountRuleException($"\"{right}\" is no right on a shared account; there are {string.Join(", ", names.Select(one => one.Name))}, all and none.");
        }
        return sum.HasFlag(ShareRights.Write) ? sum | ShareRights.Read : sum;
    }
}
