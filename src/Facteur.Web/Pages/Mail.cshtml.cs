using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Web.Mail;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>
/// The webmail: a page that is all script. It brings the JMAP session of who is signed in, the inbox's id, and the first list itself, so that rows are read before the
/// script has come and nothing needs to be asked for once it is there.
/// </summary>
public sealed class MailModel : SignedInPage
{
    public override string Title => "Facteur";

    /// <summary>The session object (RFC 8620 §2) as JSON.</summary>
    public string JmapSession { get; private set; } = "";

    /// <summary>The inbox's id, so that its list is asked for together with the mailboxes; "" where there is none.</summary>
    public string Inbox { get; private set; } = "";

    /// <summary>How its owner wants it, as WebmailSettings/get would tell it: the first drawing is the right one.</summary>
    public string Settings { get; private set; } = "";

    /// <summary>The newest of the inbox; null where the script has to ask.</summary>
    internal FirstList? First { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        SecurityHeaders.UseMailPolicy(HttpContext);
        var user = new JmapUser(new Account(Account.Id, Account.Address, Account.DisplayName), Account.Address);
        JmapSession = await JsonAsync(writer => Services.Jmap.Processor.Sessions.WriteAsync(user, origin: null, writer, Cancel));
        Settings = await JsonAsync(writer =>
        {
            writer.WriteStartObject();
            WebmailSettingsJson.Write(writer, Setting);
            writer.WriteEndObject();
            return ValueTask.CompletedTask;
        });
        if (await Services.Store.FindMailboxAsync(Account.Id, MailboxName.Inbox, Cancel) is { } inbox)
        {
            Inbox = JmapIds.Of(inbox.Id);
            First = await FirstList.AskAsync(Services.Jmap.Processor, user, inbox.Id, Setting, Cancel);
        }
        return Page();
    }

    private static async ValueTask<string> JsonAsync(Func<Utf8JsonWriter, ValueTask> write)
    {
        var content = new ArrayBufferWriter<byte>(4096);
        await using (var writer = new Utf8JsonWriter(content)) await write(writer);
        return Encoding.UTF8.GetString(content.WrittenSpan);
    }
}
