using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>What an owner is told of a script that failed: few strings, since it waits behind the delivery.</summary>
internal sealed record ScriptNotice(string Script, string Included, int Line, int Column, SieveSentence Error, string Sender, string Subject, DateTimeOffset At)
{
    /// <summary>Where the message is that the script ran for; empty for one on its way in.</summary>
    public string Mailbox { get; init; } = "";

    public static ScriptNotice Of(ScriptSubject subject, ScriptFault fault) => new(
        fault.Step.Script.Name, fault.Error.Script ?? "", fault.Error.At.Line, fault.Error.At.Column, fault.Error.Sentence, subject.Sender, HumanPart.OneLine(subject.Facts.Subject, 200), subject.Arrived);
}

/// <summary>Tells owners of scripts that fail, in their inbox and their language, at most once a day.</summary>
internal sealed class ScriptNotices(MailStore store, AccountSettings settings, StateStore state, DeliveryOptions options, TimeProvider time)
{
    private const string Space = "sieve.notice";
    private static readonly TimeSpan Pause = TimeSpan.FromDays(1);

    private readonly ServerMail mail = new(store, time);

    public async ValueTask SendAsync(AccountId owner, ScriptNotice notice, CancellationToken cancel)
    {
        var key = owner.Value.ToString(CultureInfo.InvariantCulture);
        if (await state.GetAsync(Space, key, cancel) is not null || await store.Directory.GetAccountAsync(owner, cancel) is not { } account) return;
        var now = time.GetLocalNow();
        await state.SetAsync(Space, [new StateEntry(key, 1, Expires: now + Pause)], cancel);
        var content = Write(account, notice, await settings.LocaleAsync(account, cancel), now);
        var targets = await mail.TargetsAsync([owner], cancel);
        if (targets.Count == 0) return;
        await using var intake = await mail.TakeInAsync(content, cancel);
        await store.DeliverAsync([new Storage.Delivery(intake, targets)], cancel);
    }

    private static (string Title, string Text) OfEvent(ScriptNotice notice, bool isFrench, string error, string script, string sender) => isFrench
        ? ($"Votre filtre « {notice.Script} » a échoué", $"""
            Votre script de filtrage {script}, lié au dossier « {notice.Mailbox} », s'est arrêté sur une erreur à la ligne {notice.Line}, colonne {notice.Column} :

                {error}

            C'était pour le message « {notice.Subject} » de {sender}.
            Rien n'est perdu : le message est resté dans ce dossier, tel qu'il était.
            Corrigez le script, ou détachez-le du dossier. Vous recevrez cet avis une fois par jour au plus.
            """)
        : ($"Your filter “{notice.Script}” failed", $"""
            Your filter script {script}, which is bound to the folder “{notice.Mailbox}”, ended with an error at line {notice.Line}, column {notice.Column}:

                {error}

            It was for the message “{notice.Subject}” from {sender}.
            Nothing is lost: the message stayed in that folder, as it was.
            Correct the script, or unbind it from the folder. You get this notice at most once a day.
            """);

    private byte[] Write(AccountRecord account, ScriptNotice notice, string locale, DateTimeOffset now)
    {
        var isFrench = locale.StartsWith("fr", StringComparison.OrdinalIgnoreCase);
        var words = ReportWords.For(locale);
        var error = notice.Error.In(locale);
        var script = notice.Included.Length > 0 ? $"“{notice.Script}” (“{notice.Included}”)" : $"“{notice.Script}”";
        var sender = notice.Sender.Length > 0 ? notice.Sender : "<>";
        var (title, text) = notice.Mailbox.Length > 0 ? OfEvent(notice, isFrench, error, script, sender) : isFrench
            ? ($"Votre filtre « {notice.Script} » a échoué", $"""
                Votre script de filtrage {script} s'est arrêté sur une erreur à la ligne {notice.Line}, colonne {notice.Column} :

                    {error}

                C'était pour le message « {notice.Subject} » de {sender}, reçu le {words.Date(notice.At)}.
                Rien n'est perdu : le message est dans votre boîte de réception, comme le seront les suivants tant que l'erreur demeure.
                Corrigez le script, ou désactivez-le. Vous recevrez cet avis une fois par jour au plus.
                """)
            : ($"Your filter “{notice.Script}” failed", $"""
                Your filter script {script} ended with an error at line {notice.Line}, column {notice.Column}:

                    {error}

                It was for the message “{notice.Subject}” from {sender}, received on {words.Date(notice.At)}.
                Nothing is lost: the message is in your inbox, and so will be those that follow as long as the error is there.
                Correct the script, or make it inactive. You get this notice at most once a day.
                """);
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.filter.{Guid.NewGuid():N}@{options.HostName}");
        return new MessageBuilder { Date = now, Subject = title, MessageId = id }
            .From($"postmaster@{options.HostName}", words.SenderName)
            .To(account.Address)
            .Header("Auto-Submitted", "auto-generated") // RFC 3834 §5
            .Text(text)
            .ToArray();
    }
}
