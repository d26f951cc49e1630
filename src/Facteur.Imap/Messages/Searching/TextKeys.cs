using System.Text;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>A text to look for in the stored text of all messages; shared by the keys that ask for the same.</summary>
internal sealed class TextNeedle(string folded, bool withHeaders)
{
    private IReadOnlyList<Uid>? found;

    public string Folded => folded;

    /// <summary>TEXT; BODY looks at no header.</summary>
    public bool WithHeaders => withHeaders;

    public async ValueTask ScanAsync(MailStore store, MailboxId mailbox, CancellationToken cancel) =>
        found = await store.SearchTextAsync(mailbox, folded, withHeaders, cancel);

    public bool IsIn(Uid uid)
    {
        int low = 0, high = (found?.Count ?? 0) - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = found![middle].CompareTo(uid);
            if (order == 0) return true;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return false;
    }
}

/// <summary>BODY and TEXT. What the scan did not find may still stand in a header field that is not kept as text.</summary>
internal sealed class TextKey(TextNeedle needle) : SearchKey
{
    private readonly byte[] octets = Encoding.UTF8.GetBytes(needle.Folded);

    public TextNeedle Needle => needle;

    public override SearchCost Cost => needle.WithHeaders ? SearchCost.Header : SearchCost.Text;

    public override Verdict Match(SearchContext context)
    {
        if (octets.Length == 0) return Verdict.Yes;
        if (!context.TextIsKnown) return Verdict.Unknown;
        if (needle.IsIn(context.Entry.Uid)) return Verdict.Yes;
        if (!needle.WithHeaders) return Verdict.No;
        return context.Header is { } header ? Answer(header.Contains(octets)) : Verdict.Unknown;
    }
}

/// <summary>HEADER: a field of any name; an empty text asks whether the message has the field.</summary>
internal sealed class HeaderKey(string field, string folded) : SearchKey
{
    private readonly byte[] name = Encoding.ASCII.GetBytes(field);
    private readonly byte[] needle = Encoding.UTF8.GetBytes(folded);

    // Clients look for one message by its id again and again: that field is kept.
    private readonly bool isMessageId = folded.Length > 0 && field.Equals("Message-ID", StringComparison.OrdinalIgnoreCase);

    public override SearchCost Cost => SearchCost.Header;

    public override EmailFields Fields => isMessageId ? EmailFields.SortKeys : EmailFields.Entry;

    public override Verdict Match(SearchContext context)
    {
        if (isMessageId && context.Email?.MessageId is { } id) return Answer(FoldedText.Fold(id).Contains(folded, StringComparison.Ordinal));
        return context.Header is { } header ? Answer(header.Contains(name, needle)) : Verdict.Unknown;
    }
}
