using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Web.Servers;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Transfert et POP/IMAP »: where a copy of the mail goes, what POP and IMAP programs see, what to type into them.</summary>
public sealed partial class ForwardingModel : SignedInPage
{
    public const string Here = "/settings/forwarding-pop-imap";

    /// <summary>All confirmed addresses, where one is chosen.</summary>
    public const string AllTargets = "*";

    private const int MaxLogins = 20;
    private static readonly int[] imapLimits = [1_000, 2_000, 5_000, 10_000];
    private static readonly TimeSpan shown = TimeSpan.FromDays(30);

    public override string Title => T["Menu.Forwarding"];

    public ForwardSetting Forward { get; private set; } = new([], ForwardKeep.Keep);
    public PopSetting Pop { get; private set; } = new();
    public ImapSetting Imap { get; private set; } = new();
    public ServerTable Servers { get; private set; } = null!;

    /// <summary>Folders that POP may show besides the inbox.</summary>
    public IReadOnlyList<Storage.Mailbox> Folders { get; private set; } = [];
    public IReadOnlyList<LoginHistoryRow> Logins { get; private set; } = [];

    /// <summary>An address as it was typed, when it was not taken.</summary>
    public string Asked { get; private set; } = "";

    public bool IsForwarding => Forward.Targets.Any(target => target.IsUsed);

    /// <summary>What is chosen in the list of addresses.</summary>
    public string Chosen => Forward.Targets.Count(target => target.IsUsed) > 1 ? AllTargets : Forward.Targets.FirstOrDefault(target => target.IsUsed)?.Address ?? "";

    /// <summary>Whether POP shows mail of before it was switched on.</summary>
    public string PopState => Pop.Scope switch
    {
        PopScope.Off => T["Pop.StateOff"],
        PopScope.All => Pop.Since is { } since ? T.Format("Pop.StateAllSince", T.Time(since)) : T["Pop.StateAll"],
        _ => Pop.Since is { } since ? T.Format("Pop.StateFrom", T.Time(since)) : T["Pop.StateFromNow"],
    };

    public async Task<IActionResult> OnGetAsync() => await ShowAsync();

    /// <summary>The profile for Apple's devices is not empty.</summary>
    public bool HasAppleProfile => AppleProfile.IsOffered(Servers);

    /// <summary>What an iPhone, an iPad or a Mac sets itself up by.</summary>
    public async Task<IActionResult> OnGetAppleAsync()
    {
        Servers = await ServerTable.OfAsync(Services, Account, Cancel);
        return AppleProfile.Of(Servers, Account, T) is { } profile ? File(profile, AppleProfile.ContentType, AppleProfile.FileName) : NotFound();
    }

    /// <summary>« Enregistrer les modifications »: what is greyed sends nothing and stays.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await ReadAsync();
        try
        {
            if (ForwardFault() is { } fault) return Refuse(T[fault]);
            await SavePopAsync();
            await SaveImapAsync();
            await SaveForwardAsync();
        }
        catch (AccountRuleException e)
        {
            await ReadAsync();
            return Refuse(Why(e));
        }
        return GoTo(Here + "?done=saved");
    }

    private string? ForwardFault()
    {
        if (Field("forward") != "on") return null;
        var to = Field("forward-to");
        if (to.Length == 0) return "Forward.NoAddress";
        return to == AllTargets || Forward.Targets.Any(one => one.IsConfirmed && one.Address == to) ? null : "Rule.ForwardUnconfirmed";
    }

    private async ValueTask SaveForwardAsync()
    {
        if (Field("forward") is not ("on" or "off") || Forward.Targets.Count == 0) return;
        var to = Field("forward-to");
        List<string> used = Field("forward") == "off" ? [] : to == AllTargets ? [.. Forward.Targets.Where(one => one.IsConfirmed).Select(one => one.Address)] : [to];
        var keep = Enum.TryParse<ForwardKeep>(Field("forward-keep"), out var chosen) && Enum.IsDefined(chosen) ? chosen : Forward.Keep;
        await Services.Accounts.ChooseForwardAsync(Account.Address, used, keep, Cancel);
    }

    private async ValueTask SavePopAsync()
    {
        if (Servers[MailProtocol.Pop3].OffBy is not null || Field("pop").Length == 0) return;
        PopScope? scope = Field("pop") switch { "all" => PopScope.All, "now" => PopScope.FromNow, "off" => PopScope.Off, _ => null };
        var after = Enum.TryParse<PopAfterDownload>(Field("pop-after"), out var chosen) && Enum.IsDefined(chosen) ? chosen : Pop.AfterDownload;
        var days = Field("pop-days").Trim().Length == 0 ? -1 : Number("pop-days", 0, int.MaxValue) ?? int.MaxValue;
        var folders = Folders.Select(folder => folder.Name).Intersect(Fields("pop-folder")).ToList();
        // What the domain or the site says holds on until the owner says something else.
        if (scope is null && after == Pop.AfterDownload && days == (Pop.DeleteAfterDays ?? -1) && folders.ToHashSet().SetEquals(Pop.Folders ?? [])) return;
        await Services.Accounts.SetPopAsync(Account.Address, new PopChange(scope, after, folders, days) { Anew = scope is not null }, Services.Store, Cancel);
    }

    private async ValueTask SaveImapAsync()
    {
        if (Servers[MailProtocol.Imap].OffBy is not null || Field("imap") is not ("on" or "off")) return;
        int? limit = Field("imap-limit").Length == 0 ? Imap.MaxMessages : Number("imap-limit", 0, int.MaxValue) is { } most and > 0 ? most : null;
        var setting = new ImapSetting(Field("imap") == "off", Field("imap-expunge") is { Length: > 0 } expunge ? expunge == "now" : Imap.ExpungesAtOnce, limit);
        if (setting != Imap) await Services.Accounts.SetImapAsync(Account.Address, setting, Cancel);
    }

    private async ValueTask<IActionResult> ShowAsync()
    {
        await ReadAsync();
        return Page();
    }

    private async ValueTask ReadAsync()
    {
        Forward = await Services.Settings.ForwardAsync(Account.Id, Cancel) ?? new ForwardSetting([], ForwardKeep.Keep);
        Pop = await Services.Settings.PopAsync(Account, Cancel);
        Imap = await Services.Settings.ImapAsync(Account.Id, Cancel);
        Servers = await ServerTable.OfAsync(Services, Account, Cancel);
        Folders = [.. (await Services.Store.ListMailboxesAsync(Account.Id, Cancel)).Where(one => one.Selectable && one.Role != MailboxRole.Inbox)];
        Logins = await Services.Logins.History.ListAsync(Account.Id, Services.Time.GetUtcNow() - shown, MaxLogins, Cancel);
    }

    /// <summary>What is chosen among, with what was chosen otherwise.</summary>
    public IEnumerable<int> ImapLimits => imapLimits.Concat(Imap.MaxMessages is { } own ? [own] : []).Distinct().Order();

    /// <summary>Days in the field, or nothing.</summary>
    public string PopDays => Pop.DeleteAfterDays?.ToString(CultureInfo.InvariantCulture) ?? "";
}
