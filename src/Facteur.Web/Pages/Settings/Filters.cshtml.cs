using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Rules;
using Facteur.Sieve.Rules;
using Facteur.Web.Filters;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Filtres et adresses bloquées »: rules in words, in the order in which they are asked, and senders whose mail goes to Junk.</summary>
public sealed class FiltersModel : SignedInPage
{
    private const string Here = "/settings/filters";

    public override string Title => T["Menu.Filters"];

    public RuleSet Set { get; private set; } = new([], RuleStanding.None, null);
    public IReadOnlyList<string> Blocked { get; private set; } = [];

    /// <summary>The rule that is made or changed.</summary>
    public RuleForm Form { get; private set; } = RuleForm.New;

    /// <summary>The form is open.</summary>
    public bool IsEditing { get; private set; }

    /// <summary>Labels, and addresses that mail may be sent on to: offered beside the fields.</summary>
    public IReadOnlyList<string> Labels { get; private set; } = [];

    /// <inheritdoc cref="Labels"/>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    public string Asked { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string? edit)
    {
        await ReadAsync();
        if (edit is not null && Set.Find(edit) is { } rule) (Form, IsEditing) = (RuleForm.Of(rule), true);
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync()
    {
        Form = RuleForm.Read(Request.Form, more: false);
        IsEditing = true;
        return await ChangeAsync(async () =>
        {
            var rule = Form.ToRule();
            if (rule.Id.Length == 0) await Rules.AddAsync(Account.Id, rule, isLast: true, Cancel);
            else await Rules.ReplaceAsync(Account.Id, rule, Cancel);
        });
    }

    /// <summary>The same form with more rows; nothing is kept yet.</summary>
    public async Task<IActionResult> OnPostMoreAsync()
    {
        await ReadAsync();
        (Form, IsEditing) = (RuleForm.Read(Request.Form, more: true), true);
        return Page();
    }

    public Task<IActionResult> OnPostRemoveAsync() => ChangeAsync(async () => await Rules.RemoveAsync(Account.Id, Field("id"), Cancel));

    public Task<IActionResult> OnPostSwitchAsync() => ChangeAsync(async () =>
    {
        if ((await Rules.ReadAsync(Account.Id, Cancel)).Find(Field("id")) is { } rule) await Rules.ReplaceAsync(Account.Id, rule with { IsOn = Field("on") == "yes" }, Cancel);
    });

    public Task<IActionResult> OnPostMoveAsync() => ChangeAsync(async () =>
    {
        if (Number("place", 1, RuleCheck.MaxRules) is { } place) await Rules.MoveAsync(Account.Id, Field("id"), place, Cancel);
    });

    public Task<IActionResult> OnPostStartAsync() => ChangeAsync(async () => await Rules.StartAsync(Account.Id, Cancel));

    public Task<IActionResult> OnPostStopAsync() => ChangeAsync(async () => await Rules.StopAsync(Account.Id, Cancel));

    public async Task<IActionResult> OnPostBlockAsync()
    {
        Asked = Field("sender").Trim();
        if (BlockedSenders.TryNormalize(Asked, out _)) return await ChangeAsync(async () => await Senders.AddAsync(Account.Id, Asked, Cancel));
        await ReadAsync();
        return Refuse(T["Filters.BadSender"]);
    }

    public Task<IActionResult> OnPostUnblockAsync() => ChangeAsync(async () => await Senders.RemoveAsync(Account.Id, Field("sender"), Cancel));

    private AccountRules Rules => (Services.Delivery ?? throw new InvalidOperationException("nothing is delivered here")).Sieve.Rules;

    private BlockedSenders Senders => new(Services.Store.Settings);

    private async Task<IActionResult> ChangeAsync(Func<Task> change)
    {
        try
        {
            await change();
            return GoTo(Here + "?done=saved");
        }
        catch (RuleRefusedException e)
        {
            await ReadAsync();
            return Refuse(RuleText.Of(e, T));
        }
        catch (AccountRuleException)
        {
            await ReadAsync();
            return Refuse(T["Filters.TooManyBlocked"]);
        }
    }

    private async ValueTask ReadAsync()
    {
        Set = await Rules.ReadAsync(Account.Id, Cancel);
        Blocked = await Senders.ListAsync(Account.Id, Cancel);
        Labels = [.. (await Services.Store.ListMailboxesAsync(Account.Id, Cancel)).Where(one => one is { Selectable: true, Role: not Storage.MailboxRole.Inbox }).Select(one => one.Name)];
        Addresses = [.. ((await Services.Settings.ForwardAsync(Account.Id, Cancel))?.Targets ?? []).Where(one => one.IsConfirmed).Select(one => one.Address)];
    }
}
