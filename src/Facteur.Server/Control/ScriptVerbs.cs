using System.Text;
using Facteur.Accounts;
using Facteur.Sieve;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Filter scripts of accounts, and those of the site that all accounts may include.</summary>
internal sealed class ScriptVerbs(AccountService accounts, SieveScripts scripts)
{
    /// <summary>In place of an account: the scripts of the site.</summary>
    public const string Site = "site";

    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("sieve.list", ListAsync),
        ("sieve.put", PutAsync),
        ("sieve.get", GetAsync),
        ("sieve.activate", ActivateAsync),
        ("sieve.delete", DeleteAsync),
    ];

    private ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel) => RunAsync(request, owner => ListAsync(request, owner, cancel), cancel);

    private ValueTask<ControlReply> PutAsync(ControlRequest request, CancellationToken cancel) => RunAsync(request, async owner =>
    {
        var octets = Encoding.UTF8.GetBytes(request.Require("content"));
        var script = await scripts.PutAsync(owner, request.Require("name"), octets, cancel);
        if (request.Find("activate") == "yes") await scripts.ActivateAsync(owner, script.Name, cancel);
        var warnings = await scripts.WarnAsync(owner, octets, cancel);
        var isActive = (await scripts.ListAsync(owner, cancel)).Active?.Id == script.Id;
        return ControlReply.Done(new ScriptPutView(request.Require("account"), script.Name, script.Octets, isActive, [.. warnings.Select(warning => warning.ToString())]));
    }, cancel);

    private ValueTask<ControlReply> GetAsync(ControlRequest request, CancellationToken cancel) => RunAsync(request, async owner =>
    {
        var folder = await scripts.ListAsync(owner, cancel);
        var script = request.Find("name") is { } name ? folder.Find(name) : folder.Active;
        return script is not null && await scripts.ReadAsync(owner, script, cancel) is { } octets
            ? ControlReply.Done(new ScriptView(request.Require("account"), script.Name, Encoding.UTF8.GetString(octets.Span)))
            : ControlReply.Failed(request.Find("name") is null ? "No script is active." : "There is no script of that name.");
    }, cancel);

    private ValueTask<ControlReply> ActivateAsync(ControlRequest request, CancellationToken cancel) => RunAsync(request, async owner =>
    {
        await scripts.ActivateAsync(owner, request.Find("name"), cancel);
        return await ListAsync(request, owner, cancel);
    }, cancel);

    private ValueTask<ControlReply> DeleteAsync(ControlRequest request, CancellationToken cancel) => RunAsync(request, async owner =>
    {
        await scripts.DeleteAsync(owner, request.Require("name"), cancel);
        return await ListAsync(request, owner, cancel);
    }, cancel);

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, SettingScope owner, CancellationToken cancel)
    {
        var folder = await scripts.ListAsync(owner, cancel);
        return ControlReply.Done(new ScriptListView(request.Require("account"), [.. folder.Scripts.Select(one => new ScriptListItem(one.Name, one.Octets, one == folder.Active))]));
    }

    private async ValueTask<ControlReply> RunAsync(ControlRequest request, Func<SettingScope, ValueTask<ControlReply>> run, CancellationToken cancel)
    {
        var account = request.Require("account");
        var owner = account == Site ? SettingScope.Site : SettingScope.Of((await accounts.GetAccountAsync(account, cancel)).Id);
        try
        {
            return await run(owner);
        }
        catch (ScriptRefusedException e) when (e.Reason == ScriptRefusal.Invalid)
        {
            return ControlReply.Failed(string.Join('\n', e.Errors.Select(error => $"{request.Require("name")}:{error}")));
        }
        catch (ScriptRefusedException e)
        {
            return ControlReply.Failed($"{char.ToUpperInvariant(e.Message[0])}{e.Message.AsSpan(1)}.");
        }
    }
}

/// <param name="Account">An address, or "site".</param>
internal sealed record ScriptListView(string Account, IReadOnlyList<ScriptListItem> Scripts);

internal sealed record ScriptListItem(string Name, int Octets, bool Active);

internal sealed record ScriptView(string Account, string Name, string Content);

/// <param name="Warnings">What the script does and may not be meant, with line and column.</param>
internal sealed record ScriptPutView(string Account, string Name, int Octets, bool Active, IReadOnlyList<string> Warnings);
