using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur identity add|list|default|remove: names and addresses that an account writes under.</summary>
internal static class Identity
{
    private const int Shown = 40;

    public static Command Create() => new("identity", "Names, addresses and signatures that an account writes under")
    {
        CreateAdd(),
        CreateList(),
        CreateChoice("default", "Choose the identity that new messages begin with"),
        CreateChoice("remove", "Remove an identity"),
    };

    private static Command CreateAdd()
    {
        var account = VerbOptions.Account();
        var address = new Argument<string>("ADDRESS") { Description = "An address that the account may send as" };
        var name = new Option<string?>("--name") { Description = "Name beside the address (default: that of the account)" };
        var reply = new Option<string?>("--reply-to") { Description = "Where answers go, when not to the address itself" };
        var bcc = new Option<string?>("--bcc") { Description = "Who gets a blind copy of new messages" };
        var text = new Option<string?>("--signature") { Description = "Signature under plain text; \\n is a new line" };
        var html = new Option<FileInfo?>("--signature-html") { Description = "File with the signature in HTML" };
        var isDefault = new Option<bool>("--default") { Description = "New messages begin with this one" };
        return Verb.Create<List<IdentityView>>("add", "Add an identity",
            async (line, cancel) => new ControlRequest("identity.add",
                ("account", line.GetRequiredValue(account)), ("address", line.GetRequiredValue(address)), ("name", line.GetValue(name)), ("replyTo", line.GetValue(reply)), ("bcc", line.GetValue(bcc)),
                ("signature", line.GetValue(text)?.Replace("\\n", "\n", StringComparison.Ordinal)), ("signatureHtml", await ReadAsync(line.GetValue(html), cancel)),
                ("default", line.GetValue(isDefault) ? "yes" : null)),
            Show, account, address, name, reply, bcc, text, html, isDefault);
    }

    private static Command CreateList()
    {
        var account = VerbOptions.Account();
        return Verb.Create<List<IdentityView>>("list", "List the identities of an account", line => new ControlRequest("identity.list", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreateChoice(string name, string description)
    {
        var account = VerbOptions.Account();
        var which = new Argument<string>("IDENTITY") { Description = "Its number in the list, or its address" };
        return Verb.Create<List<IdentityView>>(name, description,
            line => new ControlRequest("identity." + name, ("account", line.GetRequiredValue(account)), ("which", line.GetRequiredValue(which))), Show, account, which);
    }

    private static async ValueTask<string?> ReadAsync(FileInfo? file, CancellationToken cancel)
    {
        if (file is null) return null;
        return file.Exists ? await File.ReadAllTextAsync(file.FullName, cancel) : throw new UsageException($"There is no file {file.FullName}.");
    }

    private static void Show(IAnsiConsole console, List<IdentityView> identities)
    {
        var table = new Table().RoundedBorder().AddColumn("No").AddColumn("Name").AddColumn("Address").AddColumn("Answers to").AddColumn("Signature").AddColumn("");
        foreach (var one in identities)
            table.AddRow(one.Id.ToString(CultureInfo.InvariantCulture), Markup.Escape(one.Name), Markup.Escape(one.Address), Markup.Escape(one.ReplyTo ?? ""),
                Markup.Escape(Short(one.SignatureText ?? (one.SignatureHtml is null ? "" : "HTML"))), one.Allowed ? one.Default ? "default" : "" : "[yellow]not allowed any more[/]");
        console.Write(table);
    }

    private static string Short(string signature)
    {
        var line = signature.ReplaceLineEndings(" / ");
        return line.Length <= Shown ? line : line[..Shown] + "…";
    }
}
