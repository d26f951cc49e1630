using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// MDN/send (RFC 9007 §2.1): sends receipts that a person asked to be sent, never by itself. A message has one at most: its $mdnsent is set before the receipt
/// leaves and taken off again when it does not, so that two programs at once send one.
/// </summary>
internal sealed class MdnSend() : JmapMethod("MDN/send", JmapCapabilities.Mdn)
{
    private const string Keyword = "$mdnsent";

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "identityId", "send", "onSuccessUpdateEmail");
        var account = await call.AccountAsync(write: true, cancel);
        var identity = await IdentityType.FindAsync(call, account, JmapArguments.RequireString(call.Arguments, "identityId"), cancel)
            ?? throw JmapMethodException.InvalidArguments("the account has no such identity");
        var send = JmapArguments.Object(call.Arguments, "send") ?? throw JmapMethodException.InvalidArguments("send is missing");
        var actions = SuccessActions.Read(call);
        var all = send.EnumerateObject().ToList();
        if (all.Count > call.Services.Limits.MaxObjectsInSet) throw new JmapMethodException("requestTooLarge", "more objects than maxObjectsInSet");
        foreach (var one in all)
            if (!actions.PatchesOf(one.Name).Any(SetsKeyword)) throw JmapMethodException.InvalidArguments($"onSuccessUpdateEmail does not set {Keyword} for #{one.Name}");
        var run = new Run(call, account, identity);
        var (sent, notSent) = (new List<(string Id, MdnDraft Draft, ComposedMdn Mdn)>(), new List<(string Id, JmapSetError Error)>());
        foreach (var one in all)
            try
            {
                var (draft, mdn, email) = await run.SendAsync(one.Value, cancel);
                sent.Add((one.Name, draft, mdn));
                actions.Succeeded("#" + one.Name, email);
            }
            catch (Exception e) when (JmapSetError.TryOf(e, out var error))
            {
                notSent.Add((one.Name, error));
            }
        actions.Follow(call, account);
        Write(call.Answer, account, sent, notSent);
    }

    private static bool SetsKeyword(JsonElement patch) =>
        (patch.TryGetProperty("keywords/" + Keyword, out var line) && line.ValueKind == JsonValueKind.True)
        || (patch.TryGetProperty("keywords"u8, out var all) && all.ValueKind == JsonValueKind.Object && all.TryGetProperty(Keyword, out var one) && one.ValueKind == JsonValueKind.True);

    private static void Write(Utf8JsonWriter writer, JmapAccount account, List<(string Id, MdnDraft Draft, ComposedMdn Mdn)> sent, List<(string Id, JmapSetError Error)> notSent)
    {
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        if (sent.Count == 0) writer.WriteNull("sent"u8);
        else
        {
            writer.WriteStartObject("sent"u8);
            foreach (var (id, draft, mdn) in sent)
            {
                writer.WritePropertyName(id);
                MdnJson.WriteServerSet(writer, draft, mdn);
            }
            writer.WriteEndObject();
        }
        if (notSent.Count == 0) writer.WriteNull("notSent"u8);
        else
        {
            writer.WriteStartObject("notSent"u8);
            foreach (var (id, error) in notSent)
            {
                writer.WritePropertyName(id);
                error.Write(writer);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private sealed class Run(JmapCall call, JmapAccount account, Identity identity)
    {
        private readonly MailStore store = call.Services.Store;
        private readonly MdnComposer composer = new(call, account, identity);

        public async ValueTask<(MdnDraft Draft, ComposedMdn Mdn, EmailId Email)> SendAsync(JsonElement value, CancellationToken cancel)
        {
            var sending = call.Services.Sending ?? throw new JmapSetException(new JmapSetError("forbidden", "this server sends no mail"));
            var draft = MdnDraft.Read(value);
            var row = await FindAsync(draft.ForEmailId, cancel);
            await using var original = await StoredDraft.OpenAsync(store, row.Body, cancel) ?? throw new JmapSetException(JmapSetError.NotFound);
            var mdn = await composer.ComposeAsync(draft, original, cancel);
            await ClaimAsync(row.Id, cancel);
            try
            {
                await SendAsync(sending, mdn, cancel);
            }
            catch
            {
                await ChangeAsync(new EmailUpdate(row.Id) { Remove = new FlagSet(MessageFlags.None, [Keyword]) }, CancellationToken.None);
                throw;
            }
            return (draft, mdn, row.Id);
        }

        private async ValueTask<EmailRow> FindAsync(string id, CancellationToken cancel)
        {
            var snapshot = await store.Emails.LookAsync(account.Id, cancel);
            if (!JmapIds.TryRead(call.Request.ResolveId(id), out EmailId email) || !snapshot.TryFind(email, out var row)) throw new JmapSetException(JmapSetError.NotFound);
            return snapshot.HasKeyword(row, Keyword) ? throw AlreadySent() : row;
        }

        private async ValueTask ClaimAsync(EmailId email, CancellationToken cancel)
        {
            switch (await ChangeAsync(new EmailUpdate(email) { Add = new FlagSet(MessageFlags.None, [Keyword]) }, cancel))
            {
                case EmailOutcome.Done: return;
                case EmailOutcome.Unchanged: throw AlreadySent();
                case EmailOutcome.TooManyKeywords: throw new JmapSetException(new JmapSetError("tooManyKeywords", $"a mailbox has no room for {Keyword}"));
                default: throw new JmapSetException(JmapSetError.NotFound);
            }
        }

        private async ValueTask<EmailOutcome> ChangeAsync(EmailUpdate update, CancellationToken cancel) =>
            (await store.Emails.UpdateAsync(account.Id, null, [update], cancel)).Outcomes[0];

        // From nobody, and nobody is told what becomes of it (RFC 8098 §3, RFC 3461 §6.1).
        private async ValueTask SendAsync(StoredSubmission sending, ComposedMdn mdn, CancellationToken cancel)
        {
            await using var message = await StoredDraft.OpenAsync(mdn.Message, cancel);
            var request = new SubmissionRequest(call.Request.User.Account, message)
            {
                MailFrom = null, Identity = identity, Remote = call.Request.User.Remote,
                Recipients = [.. mdn.To.Select(to => new EnvelopeRecipient(EnvelopeAddress.Of(to), DsnNotify.Never, null))],
            };
            if (await sending.SendAsync(request, cancel) is NotSubmitted refused) throw new JmapSetException(ErrorOf(refused));
        }

        // RFC 9007 §2.1 knows fewer errors than a submission does.
        private static JmapSetError ErrorOf(NotSubmitted refused) => refused.Fault switch
        {
            SubmissionFault.RateLimit => new("rateLimit", refused.Why),
            SubmissionFault.ForbiddenFrom or SubmissionFault.ForbiddenMailFrom => new("forbiddenFrom", refused.Why),
            _ => new("forbidden", refused.Why),
        };

        private static JmapSetException AlreadySent() => new(new JmapSetError("mdnAlreadySent", $"{Keyword} keyword is already present"));
    }
}
