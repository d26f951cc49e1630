using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Forwarding;

namespace Facteur.Server.Control;

/// <summary>Verbs over what mail of an account or a domain does by itself: forwarding, replies while away, languages, the postmaster, ids in envelope senders.</summary>
internal sealed class MailRuleVerbs(AccountService accounts, AccountSettings settings, ForwardConfirmations confirmations, TimeProvider time)
{
    /// <summary>In place of a domain: what all domains have that say nothing themselves.</summary>
    public const string Site = "site";

    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("forward.show", ShowForwardAsync),
        ("forward.set", SetForwardAsync),
        ("forward.off", OffForwardAsync),
        ("forward.ask", AskForwardAsync),
        ("forward.confirm", ConfirmForwardAsync),
        ("vacation.show", ShowVacationAsync),
        ("vacation.set", SetVacationAsync),
        ("vacation.off", OffVacationAsync),
        ("account.locale", AccountLocaleAsync),
        ("domain.locale", DomainLocaleAsync),
        ("domain.postmaster", PostmasterAsync),
        ("domain.verp", VerpAsync),
    ];

    private async ValueTask<ControlReply> ShowForwardAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done(ForwardView.Of(request.Require("account"), await accounts.GetForwardAsync(request.Require("account"), cancel)));

    private async ValueTask<ControlReply> SetForwardAsync(ControlRequest request, CancellationToken cancel)
    {
        var keep = Enum.Parse<ForwardKeep>(request.Require("keep"), ignoreCase: true);
        await accounts.SetForwardAsync(request.Require("account"), request.List("targets"), keep, cancel);
        return await ShowForwardAsync(request, cancel);
    }

    private async ValueTask<ControlReply> OffForwardAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.SetForwardAsync(request.Require("account"), [], ForwardKeep.Keep, cancel);
        return await ShowForwardAsync(request, cancel);
    }

    private async ValueTask<ControlReply> AskForwardAsync(ControlRequest request, CancellationToken cancel)
    {
        var code = await confirmations.AskAsync(accounts, request.Require("account"), request.Require("target"), request.Find("use") != "rules", cancel);
        return ControlReply.Done(new ForwardCodeView(request.Require("target"), code));
    }

    private async ValueTask<ControlReply> ConfirmForwardAsync(ControlRequest request, CancellationToken cancel) =>
        await accounts.ConfirmForwardAsync(request.Require("account"), request.Require("target"), request.Require("code"), cancel)
            ? await ShowForwardAsync(request, cancel)
            : ControlReply.Failed("The code is wrong, older than a week, was tried too often, or nobody asked for this address.");

    private async ValueTask<ControlReply> ShowVacationAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done(VacationView.Of(request.Require("account"), await accounts.GetVacationAsync(request.Require("account"), cancel), time.GetUtcNow()));

    private async ValueTask<ControlReply> SetVacationAsync(ControlRequest request, CancellationToken cancel)
    {
        // What is not said stays as it was: a new end does not cost the text.
        var before = await accounts.GetVacationAsync(request.Require("account"), cancel) ?? new VacationSetting("", "");
        var setting = new VacationSetting(
            request.Find("subject") ?? before.Subject, request.Find("text") ?? before.Text,
            request.Find("from") is { } from ? Moment(from) : before.From, request.Find("until") is { } until ? Moment(until) : before.Until,
            request.Find("days") is { } days ? int.Parse(days, CultureInfo.InvariantCulture) : before.Days)
        {
            // HTML says what the text beside it says: another text has none.
            Html = request.Find("text") is null ? before.Html : null,
        };
        await accounts.SetVacationAsync(request.Require("account"), setting, cancel);
        return await ShowVacationAsync(request, cancel);
    }

    private async ValueTask<ControlReply> OffVacationAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.SetVacationAsync(request.Require("account"), null, cancel);
        return await ShowVacationAsync(request, cancel);
    }

    private async ValueTask<ControlReply> AccountLocaleAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        if (request.Find("value") is { } value) await accounts.SetAccountLocaleAsync(account.Address, Default(value), cancel);
        return ControlReply.Done(new ChosenView(account.Address, await settings.LocaleAsync(account, cancel)));
    }

    private async ValueTask<ControlReply> DomainLocaleAsync(ControlRequest request, CancellationToken cancel)
    {
        var name = request.Require("name");
        if (request.Find("value") is { } value) await accounts.SetLocaleAsync(DomainOf(name), Default(value), cancel);
        var domain = DomainOf(name) is { } own ? (await accounts.GetDomainAsync(own, cancel)).Id : (Storage.DomainId?)null;
        return ControlReply.Done(new ChosenView(name, await settings.LocaleAsync(domain, cancel)));
    }

    private async ValueTask<ControlReply> PostmasterAsync(ControlRequest request, CancellationToken cancel)
    {
        var name = request.Require("name");
        if (request.Find("value") is { } value) await accounts.SetPostmasterAsync(DomainOf(name), Default(value), cancel);
        // Nobody has the id 0: what is found then is the site's.
        var domain = DomainOf(name) is { } own ? (await accounts.GetDomainAsync(own, cancel)).Id : new Storage.DomainId(0);
        return ControlReply.Done(new ChosenView(name, await settings.PostmasterAsync(domain, cancel)));
    }

    private async ValueTask<ControlReply> VerpAsync(ControlRequest request, CancellationToken cancel)
    {
        var name = request.Require("name");
        if (request.Find("value") is { } value) await accounts.SetBouncesAsync(DomainOf(name), Default(value) is null ? null : new BounceSetting(value == "on"), cancel);
        var domain = DomainOf(name) is { } own ? (await accounts.GetDomainAsync(own, cancel)).Id : new Storage.DomainId(0);
        return ControlReply.Done(new ChosenView(name, (await settings.BouncesAsync(domain, cancel)).Verp ? "on" : "off"));
    }

    private static string? DomainOf(string name) => name.Equals(Site, StringComparison.OrdinalIgnoreCase) ? null : name;

    private static string? Default(string value) => value == "default" ? null : value;

    private static DateTimeOffset? Moment(string text) => text == "none" ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The forwarding of an account.</summary>
/// <param name="Keep">What stays here: "keep", "archive" or "delete".</param>
internal sealed record ForwardView(string Account, IReadOnlyList<ForwardTargetView> Targets, string Keep)
{
    public static ForwardView Of(string account, ForwardSetting? setting) => new(
        account, [.. (setting?.Targets ?? []).Where(one => !one.IsOff).Select(one => new ForwardTargetView(one.Address, one.IsConfirmed))], (setting?.Keep ?? ForwardKeep.Keep).ToString().ToLowerInvariant());
}

/// <param name="Confirmed">False: nothing goes to it yet.</param>
internal sealed record ForwardTargetView(string Address, bool Confirmed);

/// <param name="Code">It was sent to the address, to be typed in by the account's owner; null when none is needed.</param>
internal sealed record ForwardCodeView(string Address, string? Code);

/// <summary>The reply of an account.</summary>
/// <param name="State">"off", "on", "later" (it begins then) or "over".</param>
internal sealed record VacationView(string Account, string State, string Subject, string Text, DateTimeOffset? From, DateTimeOffset? Until, int? Days)
{
    public static VacationView Of(string account, VacationSetting? setting, DateTimeOffset now) => setting is null or { IsOff: true }
        ? new VacationView(account, "off", "", "", null, null, null)
        : new VacationView(account, setting.From > now ? "later" : setting.Until <= now ? "over" : "on", setting.Subject, setting.Text, setting.From, setting.Until, setting.Days);
}

/// <summary>What holds now for an account, a domain or the site, be it its own or a wider one's.</summary>
internal sealed record ChosenView(string Name, string? Value);
