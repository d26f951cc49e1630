using Facteur.Delivery.Filtering.Bayes;
using Facteur.Mail;
using Facteur.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Filtering;

/// <summary>
/// Learns from what people do with their mail, on any protocol: into Junk is spam, out of Junk and from the inbox into a folder is mail they
/// want. Into or out of Trash says nothing. Works in the background; nobody waits for it.
/// </summary>
public sealed partial class JunkTrainer(MailStore store, JunkLearning learning, ILogger<JunkTrainer>? log = null) : BackgroundService
{
    // Of one move; who sorts thousands at once teaches no more with the rest.
    private const int MaxOfOneMove = 500;

    private readonly ILogger log = log ?? NullLogger<JunkTrainer>.Instance;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        store.EmailsMoved += Note;
        store.Directory.AccountSecurityChanged += Note;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        store.EmailsMoved -= Note;
        store.Directory.AccountSecurityChanged -= Note;
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var job in learning.Jobs.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await RunAsync(job, stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogJobFailed(e, job.Account.Value);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is not learnt: the mail is where it is, and the next one teaches the same.
        }
    }

    private void Note(EmailsMoved moved)
    {
        if (Sorted(moved.FromRole, moved.ToRole) is not { } sorted) return;
        var uids = moved.Emails.Take(MaxOfOneMove).Select(pair => new UidRange(pair.Target.Value, pair.Target.Value)).ToList();
        learning.Add(new LearnMessages(moved.Account, sorted, moved.To, uids, IsKept: sorted == BayesClass.Ham));
    }

    // Raised for removals as well, among others.
    private void Note(AccountId account) => learning.Add(new ForgetAccount(account));

    /// <summary>What a move says of a message; null when nothing.</summary>
    internal static BayesClass? Sorted(MailboxRole from, MailboxRole to) => (from, to) switch
    {
        (MailboxRole.Junk, MailboxRole.Junk or MailboxRole.Trash) => null,
        (_, MailboxRole.Junk) => BayesClass.Spam,
        (MailboxRole.Junk, _) => BayesClass.Ham,
        (MailboxRole.Inbox, MailboxRole.None or MailboxRole.Archive or MailboxRole.Important or MailboxRole.Flagged) => BayesClass.Ham,
        _ => null,
    };

    private async ValueTask RunAsync(LearningJob job, CancellationToken cancel)
    {
        var settings = await learning.SettingsAsync(cancel);
        switch (job)
        {
            case LearnTokens words:
                await learning.Trainer.TrainAsync(words.Account, words.Tokens, words.Sorted, settings, cancel);
                break;
            case LearnMessages messages:
                await LearnAsync(messages, settings, cancel);
                break;
            case ForgetAccount when await store.Directory.GetAccountAsync(job.Account, cancel) is null:
                await learning.ForgetAsync(job.Account, cancel);
                break;
        }
    }

    private async ValueTask LearnAsync(LearnMessages messages, BayesSettings settings, CancellationToken cancel)
    {
        await using var reader = store.ReadEmails(messages.Mailbox, messages.Uids, EmailFields.Parts);
        while (await reader.ReadAsync(cancel))
        {
            var root = PartTable.Parse(reader.Parts);
            await using var body = await store.OpenBodyAsync(reader.Body, cancel);
            if (body is null) continue;
            await learning.Trainer.TrainAsync(messages.Account, body, root, messages.Sorted, settings, cancel);
            if (await AuthorAsync(body, root, cancel) is not { } author) continue;
            if (messages.IsKept) await learning.Correspondents.NoteKeptAsync(messages.Account, author, cancel);
            else await learning.Correspondents.ForgetAsync(messages.Account, author, cancel);
        }
    }

    private static async ValueTask<string?> AuthorAsync(IMessageSource body, MessagePart root, CancellationToken cancel)
    {
        var header = await MessageHeader.ReadAsync(body, 0, root.HeaderLength, cancel);
        return AddressParser.ParseList(header.First("From"u8), 2) is [{ Kind: AddressItemKind.Mailbox } author]
            && MailAddress.TryCreate(author.LocalPart, author.Domain, out var address) ? address.ToString() : null;
    }

    [LoggerMessage(LogLevel.Error, "Mail that account {Account} sorted could not be learnt from", EventName = "filter.learning.failed")]
    private partial void LogJobFailed(Exception e, long account);
}
