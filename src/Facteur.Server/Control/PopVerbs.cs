using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>What POP3 shows of an account's mail.</summary>
internal sealed class PopVerbs(AccountService accounts, MailStore store)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("account.pop", PopAsync)];

    private async ValueTask<ControlReply> PopAsync(ControlRequest request, CancellationToken cancel)
    {
        var address = (await accounts.GetAccountAsync(request.Require("account"), cancel)).Address;
        var change = new PopChange(
            request.Find("scope") is { } scope ? Enum.Parse<PopScope>(Letters(scope), ignoreCase: true) : null,
            request.Find("after") is { } after ? Enum.Parse<PopAfterDownload>(Letters(after), ignoreCase: true) : null,
            request.Has("folders") ? request.List("folders") : null,
            request.Find("days") is { } days ? (days == "never" ? -1 : Number(days)) : null,
            request.Find("delay") is { } delay ? Number(delay) : null,
            request.Find("sessions") is { } sessions ? sessions == "shared" : null);
        var setting = change == new PopChange() ? await accounts.GetPopAsync(address, cancel) : await accounts.SetPopAsync(address, change, store, cancel);
        return ControlReply.Done(PopView.Of(address, setting));
    }

    private static string Letters(string word) => word.Replace("-", "", StringComparison.Ordinal);

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : throw new AccountRuleException($"\"{text}\" is not a whole number.");
}

/// <summary>The setting "pop" of an account as it holds.</summary>
/// <param name="Scope">"all", "from-now" or "off".</param>
/// <param name="Since">When the scope was chosen; null for the default.</param>
/// <param name="After">"keep", "mark-read", "archive" or "delete".</param>
/// <param name="DeleteAfterDays">Null: never.</param>
internal sealed record PopView(
    string Account, string Scope, DateTimeOffset? Since, IReadOnlyList<string> Folders, string After, int? DeleteAfterDays, int LoginDelay, bool Shared)
{
    public static PopView Of(string account, PopSetting setting) => new(
        account, setting.Scope switch { PopScope.FromNow => "from-now", PopScope.Off => "off", _ => "all" }, setting.Since, setting.Folders ?? [],
        setting.AfterDownload == PopAfterDownload.MarkRead ? "mark-read" : setting.AfterDownload.ToString().ToLowerInvariant(),
        setting.DeleteAfterDays, setting.LoginDelay, setting.IsShared);
}
