using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Tracing;

/// <summary>A trace event made ready by who brings it, so that the writer only binds values.</summary>
internal sealed class TraceRow
{
    /// <summary>Longest text of a column, in characters.</summary>
    private const int MaxText = 1000;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly byte[] detail;
    private readonly ulong[] keys;

    public TraceRow(TraceEvent source)
    {
        At = source.At.ToUnixTimeMilliseconds();
        (Kind, Account, Email, Queue) = (source.Kind, source.Account, source.Email?.Value, source.Queue?.Value);
        (Transaction, MessageId, Sender, Recipient) = (Clean(source.Transaction), Clean(source.MessageId), Clean(source.Sender), Clean(source.Recipient));
        detail = Detail(source.Detail);
        keys = Keys();
    }

    public long At { get; }
    public TraceKind Kind { get; }
    public AccountId? Account { get; }
    public long? Email { get; }
    public long? Queue { get; }
    public string Transaction { get; }
    public string MessageId { get; }
    public string Sender { get; }
    public string Recipient { get; }

    /// <param name="email">Known only with the commit.</param>
    /// <param name="queue">Known only with the commit.</param>
    public void Insert(SqliteConnection database, long id, long? email, long? queue) =>
        database.Get("""
            INSERT INTO trace (id, at, kind, account, queue, email, txn, message_id, sender, recipient, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """).Bind(1, id).Bind(2, At).Bind(3, (int)Kind).Bind(4, Account?.Value).Bind(5, queue).Bind(6, email).Bind(7, Transaction).Bind(8, MessageId)
            .Bind(9, Sender).Bind(10, Recipient).BindText(11, detail).Run();

    /// <summary>Writes the keys that the row is found by; answers how many.</summary>
    public int CopyKeys(Span<ulong> target, long? email, long? queue)
    {
        keys.CopyTo(target);
        var count = keys.Length;
        if (email is { } one) target[count++] = TraceKeys.Email(one);
        if (queue is { } other) target[count++] = TraceKeys.Queue(other);
        return count;
    }

    /// <summary>A text as it is kept: printable, and not too long. What is looked for is brought to the same form.</summary>
    public static string Clean(string text)
    {
        if (text.Length <= MaxText && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        return string.Create(Math.Min(text.Length, MaxText), text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                var isPair = char.IsHighSurrogate(source[i]) ? i + 1 < target.Length && char.IsLowSurrogate(source[i + 1])
                    : !char.IsLowSurrogate(source[i]) || (i > 0 && char.IsHighSurrogate(source[i - 1]));
                target[i] = char.IsControl(source[i]) ? ' ' : isPair ? source[i] : '\uFFFD';
            }
        });
    }

    public static List<KeyValuePair<string, string>> ReadDetail(ReadOnlySpan<byte> json)
    {
        var detail = new List<KeyValuePair<string, string>>();
        var reader = new Utf8JsonReader(json);
        var name = "";
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) name = reader.GetString()!;
            else if (reader.TokenType == JsonTokenType.String) detail.Add(new(name, reader.GetString()!));
        }
        return detail;
    }

    private static byte[] Detail(IReadOnlyList<KeyValuePair<string, string>> detail)
    {
        if (detail.Count == 0) return [(byte)'{', (byte)'}'];
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in detail) writer.WriteString(Clean(name), Clean(value));
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private ulong[] Keys()
    {
        Span<ulong> found = stackalloc ulong[TraceKeys.MaxOfRow];
        var count = 0;
        if (Transaction.Length > 0) found[count++] = TraceKeys.Transaction(Transaction);
        if (MessageId.Length > 0) found[count++] = TraceKeys.MessageId(MessageId);
        if (Sender.Length > 0) found[count++] = TraceKeys.Address(Sender);
        if (Recipient.Length > 0 && !Recipient.Equals(Sender, StringComparison.OrdinalIgnoreCase)) found[count++] = TraceKeys.Address(Recipient);
        if (Account is { } account) found[count++] = TraceKeys.Account(account);
        return found[..count].ToArray();
    }
}
