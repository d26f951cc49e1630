using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account show ADDRESS: addresses, mailboxes, room taken.</summary>
internal static class AccountShow
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        return Verb.Create<AccountDetails>("show", "Show one account with its addresses and mailboxes",
            line => new ControlRequest("account.show", ("address", line.GetRequiredValue(address))), Show, address);
    }

    private static void Show(IAnsiConsole console, AccountDetails details)
    {
        var account = details.Account;
        var quota = account.QuotaOctets is { } limit ? $" of {Sizes.Text(limit)}" : "";
        console.MarkupLineInterpolated($"[bold]{account.Address}[/]  {account.Name}");
        var kind = account.Kind == "personal" ? "" : $"{account.Kind}, ";
        console.MarkupLineInterpolated($"{kind}{(account.Enabled ? "enabled" : "disabled")}, since {account.Created.UtcDateTime:yyyy-MM-dd}, {account.Messages:N0} messages, {Sizes.Text(account.UsedOctets)}{quota}");
        console.MarkupLineInterpolated($"Addresses: {string.Join(", ", details.Addresses)}");
        if (details.Groups.Count > 0) console.MarkupLineInterpolated($"Groups: {string.Join(", ", details.Groups)}");
        foreach (var share in details.Members) console.MarkupLineInterpolated($"Used by {share.Address}: {string.Join(", ", share.Rights)}");
        foreach (var share in details.Uses) console.MarkupLineInterpolated($"May use {share.Address}: {string.Join(", ", share.Rights)}");
        var table = new Table().RoundedBorder().AddColumn("Mailbox").AddColumn("Role")
            .AddColumn(new TableColumn("Messages").RightAligned()).AddColumn(new TableColumn("Unseen").RightAligned()).AddColumn(new TableColumn("Size").RightAligned());
        foreach (var mailbox in details.Mailboxes)
            table.AddRow(Markup.Escape(mailbox.Name), mailbox.Role ?? "", mailbox.Messages.ToString("N0", CultureInfo.InvariantCulture),
                mailbox.Unseen.ToString("N0", CultureInfo.InvariantCulture), Sizes.Text(mailbox.Octets));
        console.Write(table);
    }
}
