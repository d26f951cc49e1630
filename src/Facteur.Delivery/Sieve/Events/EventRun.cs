using System.Net;
using System.Security.Cryptography;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Delivery.Sieve.Events;

/// <summary>Runs a script for messages of an event, one after the other. What it decided of a message and that it ran are one commit.</summary>
internal sealed class EventRun(MailHandoff handoff, EventScript script, MailboxEvent happened)
{
    private static readonly IPEndPoint nowhere = new(IPAddress.None, 0);

    private MailStore Store => handoff.Store;
    private SieveDelivery Sieve => handoff.Services.Sieve;

    /// <param name="flags">The message's, by name, as they are now (RFC 6785 §2.2.3).</param>
    /// <returns>True when the step is noted; false when nothing had to be written.</returns>
    public async ValueTask<bool> RunAsync(Uid uid, IReadOnlyList<string> flags, CancellationToken cancel)
    {
        await using var reader = Store.ReadEmails(happened.Mailbox, [new UidRange(uid.Value, uid.Value)], EmailFields.Entry);
        if (!await reader.ReadAsync(cancel)) return false;
        await using var message = await Store.ReopenAsync(reader.Body, cancel);
        if (message is null) return false;
        var subject = await SubjectAsync(message, cancel);
        var context = ScriptContexts.OfEvent(script.Happened, flags, handoff.Options.HostName, handoff.Time);
        var chain = await Sieve.RunAsync(script.Account, [script.Step], message, subject.Root, context, cancel);
        if (chain.Faults is [var fault, ..])
        {
            await FailAsync(subject, fault, cancel);
            return false;
        }
        await using var outcome = new EventOutcome(handoff, script, subject, flags, reader.InternalDate);
        try
        {
            await outcome.ApplyAsync(chain, cancel);
            if (!await CommitAsync(uid, outcome, cancel)) return false;
        }
        catch (StoreRefusedException e) when (e.Reason is not (StoreRefusal.StateMismatch or StoreRefusal.NoSuchAccount))
        {
            // The account is full, a mailbox has no room for a keyword or went just now: the message stays as it is, as when the script fails.
            await FailAsync(subject, new ScriptFault(script.Step, new SieveError(new SievePosition(1, 1), new SieveSentence(ScriptText.Said, e.Message))), cancel);
            return false;
        }
        finally
        {
            await Sieve.RememberAsync(script.Account.Id, chain.Duplicates, cancel);
        }
        if (outcome.IsDeleted && (await handoff.Services.Settings.ImapAsync(script.Account.Id, cancel)).ExpungesAtOnce)
            await Store.ExpungeAsync(happened.Mailbox, [new UidRange(uid.Value, uid.Value)], onlyDeleted: true, cancel); // RFC 6785 §2.2.4 leaves it to the owner's choice
        return true;
    }

    private async ValueTask<bool> CommitAsync(Uid uid, EventOutcome outcome, CancellationToken cancel)
    {
        var step = new MailboxEventStep(happened.Id, uid) { Add = outcome.Add, Remove = outcome.Remove };
        var deliveries = outcome.Deliveries();
        if (deliveries.Count == 0)
        {
            if (!step.HasFlags) return false;
            await Store.Events.FinishAsync(step, cancel);
            return true;
        }
        await Store.DeliverAsync([deliveries[0] with { Step = step }, .. deliveries.Skip(1)], cancel);
        await outcome.Redirects.CommitAsync(cancel);
        return true;
    }

    /// <summary>The message is left alone (RFC 5228 §2.10.6, RFC 6785 §3.1); its owner reads why, in the trace and once a day in the inbox.</summary>
    private async ValueTask FailAsync(ScriptSubject subject, ScriptFault fault, CancellationToken cancel)
    {
        await Store.Trace.AppendAsync([new ScriptRows(subject, script.Account.Id, script.Account.Address).Failed(fault)], cancel);
        await Sieve.TellAsync(script.Account.Id, ScriptNotice.Of(subject, fault) with { Mailbox = script.Mailbox.Name, Sender = await FromAsync(subject, cancel) }, cancel);
    }

    private async ValueTask<ScriptSubject> SubjectAsync(MessageIntake message, CancellationToken cancel)
    {
        var facts = await message.EndAsync(cancel);
        var envelope = new Envelope { Id = RandomNumberGenerator.GetString("0123456789abcdefghjkmnpqrstvwxyz", 10) + "-1", Sender = null };
        var peer = new SmtpPeer(SmtpMode.Submission, envelope.Id, nowhere, nowhere, "", true, null, null, null);
        return new ScriptSubject(peer, envelope, message, facts, null, handoff.Time.GetLocalNow()) { ReturnPathOctets = await ReturnPathAsync(message, facts, cancel) };
    }

    /// <summary>Octets of a Return-Path at the top, as delivery puts it there.</summary>
    private static async ValueTask<int> ReturnPathAsync(MessageIntake message, MessageFacts facts, CancellationToken cancel)
    {
        var header = await SideEffects.ReadHeaderAsync(message, facts, cancel);
        foreach (var field in new HeaderFields(header.Span)) return field.Is("Return-Path"u8) ? field.Raw.Length : 0;
        return 0;
    }

    private static async ValueTask<string> FromAsync(ScriptSubject subject, CancellationToken cancel)
    {
        var header = await subject.HeaderAsync(cancel);
        return HeaderFields.TryFind(header.Span, "From"u8, out var value) && AddressParser.ParseList(value, 1) is [var item, ..] ? $"{item.LocalPart}@{item.Domain}" : "";
    }
}
