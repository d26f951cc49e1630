using System.Net;
using System.Security.Cryptography;
using Facteur.Smtp;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// Sends messages that are in the store already (JMAP, RFC 8621 §7.5) by the road of those that come by SMTP: <see cref="SubmissionTransaction"/> checks,
/// signs, places and queues them; here they are only handed to it.
/// </summary>
public sealed class StoredSubmission(MailHandoff handoff)
{
    private static readonly SmtpRefusal headerTooLong = new(552, "5.3.4", "the header of the message is too long");

    private readonly ILogger log = handoff.Services.Loggers.CreateLogger<StoredSubmission>();

    public async ValueTask<SubmissionOutcome> SendAsync(SubmissionRequest request, CancellationToken cancel)
    {
        if (await CheckMessageAsync(request, cancel) is { } wrong) return wrong;
        var (body, needsUtf8) = await request.Message.LookAsync(cancel);
        var envelope = new Envelope
        {
            Id = NewId(), Sender = request.MailFrom, DeclaredSize = request.Message.Length, Body = body, Return = request.Return, EnvelopeId = request.EnvelopeId,
            SmtpUtf8 = needsUtf8 || request.MailFrom is { IsInternational: true } || request.Recipients.Any(recipient => recipient.Address.IsInternational),
            RequireTls = request.RequireTls, Release = request.Release,
        };
        var peer = new SmtpPeer(
            SmtpMode.Submission, envelope.Id, new IPEndPoint(request.Remote ?? IPAddress.None, 0), new IPEndPoint(IPAddress.None, 0), "", true, null, null, request.Sender) { IsHttp = true };
        await using var transaction = new SubmissionTransaction(handoff, peer, envelope, log) { Note = request.Note };
        if (await transaction.CheckSenderAsync(cancel) is { } refusal) return new NotSubmitted(SubmissionFault.ForbiddenMailFrom, refusal.Text);
        if (await CheckRecipientsAsync(transaction, envelope, request, cancel) is { } unsendable) return unsendable;
        return await SendAsync(transaction, request.Message, cancel);
    }

    /// <summary>What can be said of the header before anything is written.</summary>
    private async ValueTask<NotSubmitted?> CheckMessageAsync(SubmissionRequest request, CancellationToken cancel)
    {
        if (request.Message.IsHeaderTooLong) return new NotSubmitted(SubmissionFault.InvalidMessage, headerTooLong.Text);
        var header = new HeaderScanner();
        header.Scan(request.Message.Header.Span);
        if (await FromCheck.RunAsync(handoff.Services.Directory, request.Sender.Id, header, request.Identity, cancel) is not { } refusal) return null;
        return new NotSubmitted(refusal == Refusals.NoFrom ? SubmissionFault.InvalidMessage : SubmissionFault.ForbiddenFrom, refusal.Text);
    }

    /// <summary>All recipients are asked about, so that one answer names all that are wrong.</summary>
    private static async ValueTask<NotSubmitted?> CheckRecipientsAsync(SubmissionTransaction transaction, Envelope envelope, SubmissionRequest request, CancellationToken cancel)
    {
        List<(string Address, SmtpRefusal Refusal)>? refused = null;
        foreach (var recipient in request.Recipients)
        {
            var refusal = await transaction.CheckRecipientAsync(recipient, cancel);
            if (transaction.LimitReached is { } limit)
                return new NotSubmitted(limit.IsTemporary ? SubmissionFault.RateLimit : SubmissionFault.ForbiddenToSend, limit.Text);
            if (refusal is null) envelope.Add(recipient);
            else (refused ??= []).Add((recipient.Address.ToString(), refusal));
        }
        if (refused is null) return null;
        var fault = refused.TrueForAll(one => one.Refusal.IsTemporary) ? SubmissionFault.Unavailable : SubmissionFault.InvalidRecipients;
        return new NotSubmitted(fault, string.Join("; ", refused.Take(5).Select(one => $"{one.Address}: {one.Refusal.Text}"))) { Addresses = [.. refused.Select(one => one.Address)] };
    }

    private static async ValueTask<SubmissionOutcome> SendAsync(SubmissionTransaction transaction, StoredDraft message, CancellationToken cancel)
    {
        if (await transaction.BeginMessageAsync(cancel) is { } refusal) return Refused(refusal);
        await message.WriteAsync(transaction.WriteAsync, cancel);
        var verdict = await transaction.CompleteAsync(cancel);
        return verdict.Receipt is { } receipt ? new Submitted(receipt, transaction.Recipients, transaction.Arrived) : Refused(verdict.Refusal!);
    }

    private static NotSubmitted Refused(SmtpRefusal refusal) => new(refusal.IsTemporary ? SubmissionFault.Unavailable : SubmissionFault.Unwanted, refusal.Text);

    // As those of transactions of a session.
    private static string NewId() => RandomNumberGenerator.GetString("0123456789abcdefghjkmnpqrstvwxyz", 10) + "-1";
}
