using System.Text.Json;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Writes Email objects as a plan asks (RFC 8621 §4.1). What has to be read of a message is read before its object begins, but for body values.</summary>
internal sealed class EmailWriter(Utf8JsonWriter json, EmailPlan plan)
{
    /// <summary>Those of the emails that come back at a time; null when that is not asked.</summary>
    public IReadOnlyDictionary<EmailId, SnoozeRecord>? Snoozes { get; init; }

    /// <summary>An email of which nothing is asked but what the snapshot holds.</summary>
    public void WriteMetadata(AccountSnapshot snapshot, in EmailRow row)
    {
        json.WriteStartObject();
        foreach (var asked in plan.Properties)
        {
            json.WritePropertyName(asked.Name);
            if (asked.Property == EmailProperty.SnoozedUntil) WriteSnooze(row.Id);
            else EmailMetadata.Write(json, asked.Property, snapshot, row);
        }
        json.WriteEndObject();
    }

    /// <summary>An email, with what is stored of its message.</summary>
    public async ValueTask WriteAsync(AccountSnapshot snapshot, EmailRow row, EmailFacts facts, OpenEmail message, CancellationToken cancel)
    {
        var header = await ReadHeaderAsync(facts, message, cancel);
        var body = plan.NeedsParts ? await EmailBody.ReadAsync(plan, facts, message, cancel) : null;
        json.WriteStartObject();
        foreach (var asked in plan.Properties)
        {
            if (asked.Property == EmailProperty.BodyValues) continue;
            json.WritePropertyName(asked.Name);
            if (asked.Property == EmailProperty.SnoozedUntil) WriteSnooze(row.Id);
            else if (asked.Property <= EmailProperty.HasAttachment) EmailMetadata.Write(json, asked.Property, snapshot, row);
            else WriteContent(asked, facts, header, body, JmapBlobId.Of(row.Id));
        }
        await WriteBodyValuesAsync(body, message, cancel);
        json.WriteEndObject();
    }

    /// <summary>A message that is no email (Email/parse, RFC 8621 §4.9): what only the mail store knows is null.</summary>
    public async ValueTask WriteParsedAsync(JmapBlobId blob, MessageFacts parsed, OpenEmail message, CancellationToken cancel)
    {
        var facts = new ParsedFacts(parsed);
        var header = plan.UsesHeader || plan.NeedsHeader ? await message.ReadHeaderAsync(0, facts.HeaderSize, plan.Headers, cancel) : null;
        var body = plan.NeedsParts ? await EmailBody.ReadAsync(plan, facts, message, cancel) : null;
        json.WriteStartObject();
        foreach (var asked in plan.Properties)
        {
            if (asked.Property == EmailProperty.BodyValues) continue;
            json.WritePropertyName(asked.Name);
            if (asked.Property == EmailProperty.BlobId) json.WriteStringValue(blob.ToString());
            else if (asked.Property == EmailProperty.Size) json.WriteNumberValue(parsed.Size);
            else if (asked.Property == EmailProperty.HasAttachment) json.WriteBooleanValue(parsed.HasAttachment);
            else if (asked.Property <= EmailProperty.SnoozedUntil) json.WriteNullValue();
            else WriteContent(asked, facts, header, body, blob);
        }
        await WriteBodyValuesAsync(body, message, cancel);
        json.WriteEndObject();
    }

    /// <summary>The header, when ENVELOPE is not enough; null when it is, or when the message cannot be read and ENVELOPE has to be.</summary>
    private async ValueTask<HeaderValues?> ReadHeaderAsync(EmailFacts facts, OpenEmail message, CancellationToken cancel)
    {
        if (!plan.NeedsHeader && (!plan.UsesHeader || new StoredEnvelope(facts.Envelope).IsCertain(facts.HeaderSize, plan.WantsSender, plan.WantsReplyTo))) return null;
        var header = await message.ReadHeaderAsync(0, facts.HeaderSize, plan.Headers, cancel);
        return message.IsDamaged ? null : header;
    }

    private void WriteSnooze(EmailId email)
    {
        if (Snoozes?.GetValueOrDefault(email) is { } snooze) JmapDates.WriteUtc(json, snooze.Until.ToUnixTimeMilliseconds());
        else json.WriteNullValue();
    }

    private void WriteContent(AskedProperty<EmailProperty> asked, EmailFacts facts, HeaderValues? header, EmailBody? body, JmapBlobId blob)
    {
        switch (asked.Property)
        {
            case EmailProperty.Preview:
                json.WriteStringValue(facts.Preview);
                break;
            case EmailProperty.Headers:
                HeaderWriter.WriteAll(json, (header ?? HeaderValues.None).Block.Span);
                break;
            case EmailProperty.Header:
                HeaderWriter.WriteProperty(json, asked.Header!, asked.Slot, header ?? HeaderValues.None);
                break;
            case EmailProperty.BodyStructure:
                BodyPartWriter.Write(json, plan.BodyProperties, body!.Root, blob, withSubParts: true);
                break;
            case EmailProperty.TextBody:
                BodyPartWriter.WriteList(json, plan.BodyProperties, body!.Selection!.TextBody, blob);
                break;
            case EmailProperty.HtmlBody:
                BodyPartWriter.WriteList(json, plan.BodyProperties, body!.Selection!.HtmlBody, blob);
                break;
            case EmailProperty.Attachments:
                BodyPartWriter.WriteList(json, plan.BodyProperties, body!.Selection!.Attachments, blob);
                break;
            default:
                if (header is null) WriteEnvelope(asked, facts);
                else HeaderWriter.WriteProperty(json, asked.Header!, asked.Slot, header);
                break;
        }
    }

    private void WriteEnvelope(AskedProperty<EmailProperty> asked, EmailFacts facts)
    {
        var envelope = new StoredEnvelope(facts.Envelope);
        var value = asked.Property switch
        {
            EmailProperty.From => envelope.From,
            EmailProperty.Sender => envelope.Sender,
            EmailProperty.ReplyTo => envelope.ReplyTo,
            EmailProperty.To => envelope.To,
            EmailProperty.Cc => envelope.Cc,
            EmailProperty.Bcc => envelope.Bcc,
            EmailProperty.Subject => envelope.Subject,
            EmailProperty.SentAt => envelope.Date,
            EmailProperty.InReplyTo => envelope.InReplyTo,
            EmailProperty.MessageId => envelope.MessageId,
            _ => default,
        };
        if (asked.Header!.Form == HeaderForm.Addresses) StoredEnvelope.WriteAddresses(json, value);
        else StoredEnvelope.WriteField(json, asked.Header.Form, value);
    }

    private async ValueTask WriteBodyValuesAsync(EmailBody? body, OpenEmail message, CancellationToken cancel)
    {
        if (!plan.Wants(EmailProperty.BodyValues)) return;
        json.WriteStartObject("bodyValues"u8);
        foreach (var part in body?.ValuedParts(plan) ?? [])
        {
            json.WritePropertyName(part.Id!);
            await BodyValue.WriteAsync(json, message, part.Part, plan.MaxBodyValueOctets, cancel);
        }
        json.WriteEndObject();
    }
}
