using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Crashes;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Tells the postmaster of messages in quarantine, once: they come there when the server starts, and only then. Of the message itself the notice has
/// no more than the queue shows. Who cannot be reached is told at the next start; the log has it either way.
/// </summary>
public sealed partial class QuarantineNotices(MailStore store, OwnMessages own, AccountSettings settings, string hostName, TimeProvider time, ILogger<QuarantineNotices>? log = null) : BackgroundService
{
    private readonly ILogger log = log ?? NullLogger<QuarantineNotices>.Instance;

    /// <summary>One message for all that the postmaster does not know of yet; answers how many those are.</summary>
    public async ValueTask<int> TellAsync(CancellationToken cancel)
    {
        var news = await store.Crashes.ListAsync(onlyUntold: true, cancel);
        if (news.Count == 0) return 0;
        if (await PostmasterAsync(cancel) is not var (to, domain))
        {
            LogNobody(news.Count);
            return 0;
        }
        var isFrench = (await settings.LocaleAsync(domain, cancel)).StartsWith("fr", StringComparison.OrdinalIgnoreCase);
        var lines = new List<string>(news.Count);
        foreach (var one in news) lines.Add(await LineAsync(one, isFrench, cancel));
        await own.SendAsync(Write(to, isFrench, lines), cancel);
        foreach (var one in news) await store.Crashes.SetToldAsync(one.Kind, one.Id, cancel);
        LogTold(to, news.Count);
        return news.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TellAsync(stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    /// <summary>Of the domain of this host, else of the one that was there first.</summary>
    private async ValueTask<(string Address, DomainId Domain)?> PostmasterAsync(CancellationToken cancel)
    {
        var domains = await store.Directory.ListDomainsAsync(cancel);
        var domain = domains.FirstOrDefault(one => hostName.Equals(one.Name, StringComparison.OrdinalIgnoreCase) || hostName.EndsWith("." + one.Name, StringComparison.OrdinalIgnoreCase))
            ?? domains.MinBy(one => one.Id.Value);
        return domain is null ? null : ("postmaster@" + domain.Name, domain.Id);
    }

    private async ValueTask<string> LineAsync(QuarantinedMessage one, bool isFrench, CancellationToken cancel)
    {
        var number = one.Id.ToString(CultureInfo.InvariantCulture);
        var owner = one.Account is { } account && await store.Directory.GetAccountAsync(account, cancel) is { } found ? found.Address : "?";
        var from = one.Kind is RiskyWork.Queue or RiskyWork.Report && await store.Queue.FindAsync(new QueueId(one.Id), cancel) is { Sender.Length: > 0 } message ? message.Sender : "<>";
        return (one.Kind, isFrench) switch
        {
            (RiskyWork.Queue, true) => $"- Message {number} de la file d'attente, de {from} : il est retenu. « facteur queue show {number} » le montre, « facteur queue release {number} » essaie encore, « facteur queue bounce {number} » le rend à l'expéditeur.",
            (RiskyWork.Queue, false) => $"- Message {number} of the queue, from {from}: it is held. “facteur queue show {number}” shows it, “facteur queue release {number}” tries again, “facteur queue bounce {number}” returns it to the sender.",
            (RiskyWork.Report, true) => $"- Le rapport à {from} sur le message {number} de la file d'attente : il n'est pas écrit.",
            (RiskyWork.Report, false) => $"- The report to {from} about message {number} of the queue: it is not written.",
            (RiskyWork.Index, true) => $"- Un message de {owner} (numéro {number}) : il est dans sa boîte et peut être lu, mais la recherche ne le trouve pas par son texte.",
            (RiskyWork.Index, false) => $"- A message of {owner} (number {number}): it is in the mailbox and can be read, but searches do not find it by its text.",
            (_, true) => $"- Un message de {owner} (numéro {number}) : il reste où il est, le script lié à son dossier ne s'exécute pas pour lui.",
            (_, false) => $"- A message of {owner} (number {number}): it stays where it is, the script that is bound to its folder does not run for it.",
        };
    }

    private OwnMessage Write(string to, bool isFrench, List<string> lines)
    {
        var now = time.GetLocalNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.quarantine.{Guid.NewGuid():N}@{hostName}");
        var from = "postmaster@" + hostName;
        var title = isFrench ? "Des messages ont arrêté le serveur et sont mis à l'écart" : "Messages ended the server and are put aside";
        var text = isFrench
            ? $"""
                Le serveur {hostName} s'est arrêté {CrashStore.Limit} fois pendant qu'il traitait ces messages. Il n'y touche plus ; tous les autres suivent leur cours et rien n'est perdu.

                {string.Join("\n\n", lines)}

                C'est un défaut de Facteur : signalez-le, avec ce que dit le journal avant le dernier arrêt.
                """
            : $"""
                The server {hostName} ended {CrashStore.Limit} times while it was at work on these messages. It leaves them alone now; all others go their ways and nothing is lost.

                {string.Join("\n\n", lines)}

                This is a fault of Facteur: report it, with what the log says before the last end.
                """;
        var content = new MessageBuilder { Date = now, Subject = title, MessageId = id }
            .From(from, ReportWords.For(isFrench ? "fr" : "en").SenderName)
            .To(to)
            .Header("Auto-Submitted", "auto-generated") // RFC 3834 §5
            .Text(text)
            .ToArray();
        return new OwnMessage(null, from, [to], content, "report", id, title);
    }

    [LoggerMessage(LogLevel.Information, "{Postmaster} is told of {Count} messages in quarantine", EventName = "quarantine.told")]
    private partial void LogTold(string postmaster, int count);

    [LoggerMessage(LogLevel.Warning, "{Count} messages are in quarantine, and there is no domain whose postmaster could be told", EventName = "quarantine.nobody")]
    private partial void LogNobody(int count);

    [LoggerMessage(LogLevel.Error, "The postmaster could not be told of messages in quarantine", EventName = "quarantine.notice.failed")]
    private partial void LogFailed(Exception e);
}
