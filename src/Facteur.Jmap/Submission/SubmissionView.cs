using System.Globalization;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Jmap;

/// <summary>A submission with what became of it, as its row, its queue entry and the reports that came in tell (RFC 8621 §7).</summary>
internal sealed class SubmissionView
{
    public static readonly string[] Properties =
    [
        "id", "identityId", "emailId", "threadId", "envelope", "sendAt", "undoStatus", "deliveryStatus", "dsnBlobIds", "mdnBlobIds",
    ];

    private const int MaxReports = 1_000;

    private readonly SubmissionRecord record;
    private readonly SubmissionDocument document;
    private readonly IReadOnlyList<QueueRecipient> rows;
    private IReadOnlyList<TraceEvent> reports = [];

    private SubmissionView(SubmissionRecord record, IReadOnlyList<QueueRecipient> rows) =>
        (this.record, document, this.rows) = (record, SubmissionDocument.Read(record.Document), rows);

    public SubmissionRecord Record => record;

    /// <summary>"pending" while all of it can be taken back, "canceled" when it was, else "final".</summary>
    public string UndoStatus =>
        document.IsWhole && rows.Count > 0 && rows.All(row => row.State is QueueState.Waiting or QueueState.Held) ? "pending"
        : rows.Count > 0 && rows.All(row => row.State == QueueState.Cancelled) ? "canceled"
        : "final";

    /// <summary>It can be taken back as far as its document says.</summary>
    public bool IsWhole => document.IsWhole;

    /// <param name="withReports">Also what came in about it: deliveryStatus, dsnBlobIds and mdnBlobIds need that.</param>
    public static async ValueTask<SubmissionView> LoadAsync(MailStore store, SubmissionRecord record, bool withReports, CancellationToken cancel)
    {
        var view = new SubmissionView(record, record.Queue is { } queue ? await store.Queue.RecipientsAsync(queue, cancel) : []);
        if (withReports) view.reports = await ReportsAsync(store, record, view.document, cancel);
        return view;
    }

    private static async ValueTask<IReadOnlyList<TraceEvent>> ReportsAsync(MailStore store, SubmissionRecord record, SubmissionDocument document, CancellationToken cancel)
    {
        var found = new List<TraceEvent>();
        if (record.Queue is { } queue)
            found.AddRange((await store.Trace.FindAsync(new TraceQuery { Queue = queue }, MaxReports, cancel)).Where(row => row.Kind is TraceKind.ReportReceived or TraceKind.Reported));
        // Receipts of people here are about a message that was in no queue: the trace has it by its id.
        if (document.Recipients.Any(one => one.Place == SubmissionPlace.Mailbox) && await MessageIdAsync(store, record, cancel) is { } id)
            found.AddRange((await store.Trace.FindAsync(new TraceQuery { Account = record.Account, MessageId = id }, MaxReports, cancel)).Where(row => row.Kind == TraceKind.ReportReceived && row.Queue is null));
        return found;
    }

    /// <summary>Without brackets; null when the email is gone.</summary>
    private static async ValueTask<string?> MessageIdAsync(MailStore store, SubmissionRecord record, CancellationToken cancel)
    {
        await using var reader = store.Emails.ReadDetails(record.Account, [record.Email], EmailFields.SortKeys);
        return await reader.ReadAsync(cancel) ? reader.MessageId?.Trim('<', '>') : null;
    }

    public static bool NeedsReports(IReadOnlySet<string>? properties) =>
        properties is null || properties.Contains("deliveryStatus") || properties.Contains("dsnBlobIds") || properties.Contains("mdnBlobIds");

    /// <param name="properties">Null: all.</param>
    public void Write(Utf8JsonWriter writer, IReadOnlySet<string>? properties)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, JmapIds.Of(record.Id));
        WriteProperties(writer, property => properties?.Contains(property) ?? true);
        writer.WriteEndObject();
    }

    /// <summary>Writes what the server sets when one is created.</summary>
    public void WriteServerSet(Utf8JsonWriter writer, bool withEnvelope) =>
        WriteProperties(writer, property => property switch { "identityId" or "emailId" => false, "envelope" => withEnvelope, _ => true });

    private void WriteProperties(Utf8JsonWriter writer, Func<string, bool> wants)
    {
        if (wants("identityId")) writer.WriteString("identityId"u8, JmapIds.Write('i', record.Identity));
        if (wants("emailId")) writer.WriteString("emailId"u8, JmapIds.Of(record.Email));
        if (wants("threadId")) writer.WriteString("threadId"u8, JmapIds.Of(record.Thread));
        if (wants("envelope"))
        {
            writer.WritePropertyName("envelope"u8);
            document.Envelope.WriteTo(writer);
        }
        if (wants("sendAt")) writer.WriteString("sendAt"u8, record.SendAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (wants("undoStatus")) writer.WriteString("undoStatus"u8, UndoStatus);
        if (wants("deliveryStatus")) WriteDeliveryStatus(writer);
        if (wants("dsnBlobIds")) WriteBlobs(writer, "dsnBlobIds", row => row.Kind == TraceKind.Reported || !IsDisposition(row));
        if (wants("mdnBlobIds")) WriteBlobs(writer, "mdnBlobIds", row => row.Kind == TraceKind.ReportReceived && IsDisposition(row));
    }

    private void WriteDeliveryStatus(Utf8JsonWriter writer)
    {
        var byAddress = new Dictionary<string, QueueRecipient>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in rows) byAddress[row.Address] = row;
        writer.WriteStartObject("deliveryStatus"u8);
        foreach (var (address, place) in document.Recipients)
        {
            var status = RecipientStatus.Of(byAddress.GetValueOrDefault(address), place);
            foreach (var report in reports)
                if (report.Kind == TraceKind.ReportReceived && report.Recipient.Equals(address, StringComparison.OrdinalIgnoreCase)) status = status.With(report);
            writer.WriteStartObject(address);
            writer.WriteString("smtpReply"u8, status.SmtpReply);
            writer.WriteString("delivered"u8, status.Delivered);
            writer.WriteString("displayed"u8, status.Displayed);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    // A report about several recipients left a row for each.
    private void WriteBlobs(Utf8JsonWriter writer, string name, Func<TraceEvent, bool> which)
    {
        writer.WriteStartArray(name);
        foreach (var email in reports.Where(row => row.Email is not null && which(row)).Select(row => row.Email!.Value).Distinct())
            writer.WriteStringValue(JmapBlobId.Of(email).ToString());
        writer.WriteEndArray();
    }

    private static bool IsDisposition(TraceEvent row) => RecipientStatus.IsDisposition(RecipientStatus.Detail(row, "action"));
}
