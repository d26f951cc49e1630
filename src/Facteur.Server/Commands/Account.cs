using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>facteur account …</summary>
internal static class Account
{
    public static Command Create() => new("account", "Accounts: people who have mail here")
    {
        AccountAdd.Create(),
        AccountList.Create(),
        AccountShow.Create(),
        AccountPasswd.Create(),
        AccountAppPassword.Create(),
        AccountCredentials.Create(),
        AccountTotp.Create(),
        AccountLogins.Create(),
        AccountRename.Create(),
        AccountRename.CreateName(),
        AccountShare.Create(),
        AccountQuota.Create(),
        Policy.CreateForAccount(),
        Locale.CreateForAccount(),
        AccountPop.Create(),
        AccountEnable.CreateDisable(),
        AccountEnable.Create(),
        AccountRemove.Create(),
    };
}
