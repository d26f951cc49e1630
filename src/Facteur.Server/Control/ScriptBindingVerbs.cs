using System.Text;
using Facteur.Accounts;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Server.Control;

/// <summary>Scripts that run at events of mailboxes: what IMAP programs bind by METADATA (RFC 6785 §2.3.1).</summary>
internal sealed class ScriptBindingVerbs(MailStore store, AccountService accounts, SieveScripts scripts)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("sieve.bindings", ListAsync),
        ("sieve.bind", BindAsync),
        ("sieve.unbind", UnbindAsync),
    ];

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        var folder = await scripts.ListAsync(SettingScope.Of(account.Id), cancel);
        var mailboxes = (await store.ListMailboxesAsync(account.Id, cancel)).ToDictionary(mailbox => mailbox.Id, mailbox => mailbox.Name);
        var bound = new List<ScriptBinding>();
        foreach (var (mailbox, value) in await store.Annotations.FindAsync(account.Id, AnnotationStore.ScriptName, cancel))
        {
            var name = Encoding.UTF8.GetString(value.Span);
            bound.Add(new ScriptBinding(mailbox is { } id ? mailboxes.GetValueOrDefault(id) : null, name, name.Length == 0 || folder.Find(name) is not null));
        }
        return ControlReply.Done(new ScriptBindingsView(request.Require("account"), [.. bound.OrderBy(one => one.Folder, StringComparer.Ordinal)]));
    }

    private async ValueTask<ControlReply> BindAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        var name = request.Find("script") ?? "";
        if (name.Length > 0 && (await scripts.ListAsync(SettingScope.Of(account.Id), cancel)).Find(name) is null) return ControlReply.Failed("There is no script of that name.");
        return await WriteAsync(request, account.Id, Encoding.UTF8.GetBytes(name), cancel);
    }

    private async ValueTask<ControlReply> UnbindAsync(ControlRequest request, CancellationToken cancel) =>
        await WriteAsync(request, (await accounts.GetAccountAsync(request.Require("account"), cancel)).Id, null, cancel);

    private async ValueTask<ControlReply> WriteAsync(ControlRequest request, AccountId account, byte[]? value, CancellationToken cancel)
    {
        MailboxId? place = null;
        if (request.Find("folder") is { } folder)
        {
            if (await store.FindMailboxAsync(account, folder, cancel) is not { } mailbox) return ControlReply.Failed($"There is no folder {folder}.");
            place = mailbox.Id;
        }
        ReadOnlyMemory<byte>? octets = value is null ? null : (ReadOnlyMemory<byte>?)value;
        await store.Annotations.WriteAsync(new AnnotationWrite(new AnnotationPlace(account, place), account, [new AnnotationChange(AnnotationStore.ScriptName, octets)]), cancel);
        return await ListAsync(request, cancel);
    }
}

internal sealed record ScriptBindingsView(string Account, IReadOnlyList<ScriptBinding> Bindings);

/// <param name="Folder">Null: all folders that have no binding of their own.</param>
/// <param name="Script">Empty: none runs there.</param>
/// <param name="Exists">The account keeps a script of that name; without one, none runs.</param>
internal sealed record ScriptBinding(string? Folder, string Script, bool Exists);
