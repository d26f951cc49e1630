using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Rules;
using Facteur.Delivery.Vacation;
using Facteur.Sieve;
using Facteur.Sieve.Rules;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Sieve;

/// <summary>
/// Scripts at delivery: what mail goes through between the filter's verdict and the commit. Nothing is done while scripts run; all they decided is
/// part of the one commit of the message, or follows it. A script that fails never costs the message: it is kept, and the owner is told.
/// </summary>
public sealed partial class SieveDelivery
{
    private readonly MailStore store;
    private readonly TimeProvider time;
    private readonly DeliveryOptions options;
    private readonly SettingDocuments<ScriptSetting> settings;
    private readonly RestingScripts resting;
    private readonly DuplicateMemory duplicates;
    private readonly ScriptNotices notices;
    private readonly ILogger log;

    /// <param name="accounts">Languages of accounts.</param>
    public SieveDelivery(
        MailStore store, SieveScripts scripts, RecipientDirectory directory, AccountSettings accounts, InboundPolicy policy, VacationResponder vacation, StateStore state,
        DeliveryOptions options, TimeProvider time, ILogger<SieveDelivery> log)
    {
        (this.store, this.options, this.time, this.log) = (store, options, time, log);
        Scripts = scripts;
        Lists = new ScriptLists(policy, directory);
        Mailboxes = new ScriptMailboxes(store);
        settings = new SettingDocuments<ScriptSetting>(store.Settings, store.Directory, ScriptSetting.Document, log);
        resting = new RestingScripts(time);
        duplicates = new DuplicateMemory(state, time);
        notices = new ScriptNotices(store, accounts, state, options, time);
        Rules = new AccountRules(scripts, store, directory, accounts);
        Replies = new ScriptReplies(directory, accounts, vacation, Mailboxes, state, options, time);
    }

    /// <summary>The scripts themselves.</summary>
    public SieveScripts Scripts { get; }

    /// <summary>Rules of accounts, which are scripts among these.</summary>
    public AccountRules Rules { get; }

    internal ScriptLists Lists { get; }
    internal ScriptMailboxes Mailboxes { get; }
    internal ScriptReplies Replies { get; }

    internal ValueTask<ScriptSetting?> SiteAsync(CancellationToken cancel) => settings.SiteAsync(cancel);

    internal AccountSieveHost HostOf(AccountRecord account) => new(account, store, Scripts, Lists, duplicates);

    /// <summary>Whether conditions of a rule hold for a message that is there already; its envelope is not known any more but for who has it.</summary>
    public ValueTask<bool> HoldsAsync(AccountRecord account, RuleTest test, Mail.IMessageSource message, Mail.MessagePart root, CancellationToken cancel) =>
        test.HoldsAsync(new SieveMessage(message, root), new SieveContext { EnvelopeTo = account.Address, Now = time.GetLocalNow(), Zone = time.LocalTimeZone }, HostOf(account), cancel);

    /// <summary>What mail of an account goes through; empty for most.</summary>
    internal async ValueTask<IReadOnlyList<ScriptStep>> StepsAsync(AccountId account, CancellationToken cancel)
    {
        var scope = SettingScope.Of(account);
        var own = (await Scripts.ListAsync(scope, cancel)).Active;
        var site = await settings.SiteAsync(cancel);
        if (own is null && site is null) return [];
        var steps = new List<ScriptStep>(3);
        await AddAsync(steps, SettingScope.Site, site?.Before, cancel);
        if (own is not null && await Scripts.CompileAsync(scope, own, cancel) is { } compilation) steps.Add(new ScriptStep(scope, own, compilation));
        await AddAsync(steps, SettingScope.Site, site?.After, cancel);
        return steps;
    }

    /// <summary>Runs the scripts of an account on a message.</summary>
    internal async ValueTask<ScriptChain> RunAsync(
        AccountRecord account, IReadOnlyList<ScriptStep> steps, Mail.IMessageSource source, Mail.MessagePart root, SieveContext context, CancellationToken cancel)
    {
        var chain = new ScriptChain(HostOf(account), Scripts.Language, resting);
        await chain.RunAsync(steps, source, root, context, cancel);
        foreach (var fault in chain.Faults) LogFault(fault.Step.Script.Name, fault.Step.IsOwn ? account.Address : "the site", fault.Error.ToString());
        return chain;
    }

    /// <summary>The message is in the store: what scripts are to remember of it, and what their owners are to hear.</summary>
    internal async ValueTask CompleteAsync(ScriptSubject subject, IReadOnlyDictionary<AccountId, ScriptDecision> decisions, Bookkeeping bookkeeping)
    {
        foreach (var (account, decision) in decisions)
        {
            if (decision.Duplicates.Count > 0)
            {
                duplicates.Note(account, decision.Duplicates);
                var ids = decision.Duplicates;
                await bookkeeping.AddAsync(subject.Envelope.Id, cancel => duplicates.WriteAsync(account, ids, cancel));
            }
            foreach (var fault in decision.Faults)
            {
                if (!fault.Step.IsOwn) continue;
                var (notice, told) = (ScriptNotice.Of(subject, fault), account);
                await bookkeeping.AddAsync(subject.Envelope.Id, cancel => notices.SendAsync(told, notice, cancel));
            }
        }
    }

    /// <summary>A script for an event of a mailbox is done with a message: ids that it is to remember.</summary>
    internal async ValueTask RememberAsync(AccountId account, IReadOnlyList<SieveDuplicate> ids, CancellationToken cancel)
    {
        if (ids.Count == 0) return;
        duplicates.Note(account, ids);
        await duplicates.WriteAsync(account, ids, cancel);
    }

    /// <summary>Tells the owner of a script that failed at an event; a full account is not told.</summary>
    internal async ValueTask TellAsync(AccountId owner, ScriptNotice notice, CancellationToken cancel)
    {
        try
        {
            await notices.SendAsync(owner, notice, cancel);
        }
        catch (StoreRefusedException e)
        {
            LogUntold(e, owner.Value);
        }
    }

    private async ValueTask AddAsync(List<ScriptStep> steps, SettingScope owner, string? name, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(name)) return;
        if ((await Scripts.ListAsync(owner, cancel)).Find(name) is { } script && await Scripts.CompileAsync(owner, script, cancel) is { } compilation) steps.Add(new ScriptStep(owner, script, compilation));
        else LogMissing(name);
    }

    [LoggerMessage(LogLevel.Warning, "The filter script {Script} of {Owner} failed: {Error}", EventName = "sieve.failed")]
    private partial void LogFault(string script, string owner, string error);

    [LoggerMessage(LogLevel.Information, "Account {Account} cannot be told that a filter script failed", EventName = "sieve.untold")]
    private partial void LogUntold(Exception e, long account);

    [LoggerMessage(LogLevel.Error, "The setting \"scripts\" names the script {Script}, which the site does not have: mail goes on without it", EventName = "sieve.missing")]
    private partial void LogMissing(string script);
}
