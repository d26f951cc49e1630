using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>The fields that are kept folded, in the order they are kept.</summary>
public enum FoldedField : byte { From, To, Cc, Bcc, Subject }

/// <summary>FROM, TO, CC, BCC, SUBJECT (RFC 9051 §6.4.4); from, to, cc, bcc, subject (RFC 8621 §4.4.1): the decoded field holds a text.</summary>
public sealed record FieldCondition(FoldedField Field, FoldedNeedle Needle) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Facts;

    public override EmailFields Fields => EmailFields.FoldedHeaders;

    public override Verdict Match(SearchSubject subject)
    {
        if (Needle.IsEmpty) return Verdict.Yes;
        // The scan of the text covers these fields: what it did not find in any of them is not in this one.
        if (!subject.HasFacts) return subject.ScanOf(this) is { } found && !found.Contains(subject.Place) ? Verdict.No : Verdict.Unknown;
        var texts = subject.FoldedHeaders;
        for (var skip = (int)Field; skip > 0; skip--) texts = texts[(texts.IndexOf((byte)0) + 1)..];
        var end = texts.IndexOf((byte)0);
        return Answer(Needle.IsIn(texts[..(end < 0 ? texts.Length : end)]));
    }
}

/// <summary>Where a text is looked for.</summary>
public enum TextScope : byte
{
    /// <summary>The parts that are text, attached messages with them: BODY (RFC 9051 §6.4.4), body (RFC 8621 §4.4.1).</summary>
    Body,
    /// <summary>These and From, To, Cc, Bcc, Subject: text (RFC 8621 §4.4.1).</summary>
    Text,
    /// <summary>These and every field of the header, its name included: TEXT (RFC 9051 §6.4.4).</summary>
    Whole,
}

/// <summary>A text anywhere in a message. What one scan did not find may, for <see cref="TextScope.Whole"/>, still stand in a field that is not kept as text.</summary>
public sealed record TextCondition(FoldedNeedle Needle, TextScope Scope) : SearchCondition
{
    public override SearchCost Cost => Scope == TextScope.Whole ? SearchCost.Header : SearchCost.Text;

    public override Verdict Match(SearchSubject subject)
    {
        if (Needle.IsEmpty) return Verdict.Yes;
        if (subject.ScanOf(this) is not { } found) return Verdict.Unknown;
        if (found.Contains(subject.Place)) return Verdict.Yes;
        if (Scope != TextScope.Whole) return Verdict.No;
        return subject.Header is { } header ? Answer(header.Contains(Needle.Octets)) : Verdict.Unknown;
    }
}

/// <summary>HEADER (RFC 9051 §6.4.4), header (RFC 8621 §4.4.1): a field of any name holds a text; an empty text asks whether there is the field.</summary>
public sealed record HeaderCondition : SearchCondition
{
    private const string MessageId = "message-id";

    private HeaderCondition(string name, FoldedNeedle needle) => (Name, Needle) = (name, needle);

    /// <summary>In lower case.</summary>
    public string Name { get; }

    public FoldedNeedle Needle { get; }

    // Clients look for one message by its id again and again: that field is kept.
    private bool IsMessageId => Name == MessageId && !Needle.IsEmpty;

    public override SearchCost Cost => SearchCost.Header;

    public override EmailFields Fields => IsMessageId ? EmailFields.SortKeys : EmailFields.Entry;

    public static HeaderCondition Of(string name, FoldedNeedle needle) => new(name.ToLowerInvariant(), needle);

    public override Verdict Match(SearchSubject subject)
    {
        if (IsMessageId && subject is { HasFacts: true, MessageId: { } id }) return Answer(Needle.IsIn(id));
        if (subject.Header is not { } header) return Verdict.Unknown;
        Span<byte> name = stackalloc byte[Math.Min(Name.Length, 256)];
        if (name.Length < Name.Length || Encoding.ASCII.GetBytes(Name, name) != name.Length) return Verdict.No;
        return Answer(header.Contains(name, Needle.Octets));
    }
}

/// <summary>An attachment, or another part, has a name that holds a text.</summary>
public sealed record FileNameCondition(FoldedNeedle Needle) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Facts;

    public override EmailFields Fields => EmailFields.Parts;

    public override Verdict Match(SearchSubject subject)
    {
        if (!subject.HasFacts) return Verdict.Unknown;
        try
        {
            return Answer(IsIn(PartTable.Parse(subject.Parts)));
        }
        catch (InvalidDataException)
        {
            return Verdict.No; // one damaged message must not keep others from being found
        }
    }

    private bool IsIn(MessagePart root)
    {
        var open = new Stack<MessagePart>();
        open.Push(root);
        while (open.TryPop(out var part))
        {
            if (part.FileName is { } name && Needle.IsIn(name)) return true;
            foreach (var child in part.Children) open.Push(child);
        }
        return false;
    }
}

/// <summary>Out of sight until a time that was chosen.</summary>
public sealed record SnoozedCondition : SearchCondition
{
    public override SearchCost Cost => SearchCost.Text;
    public override SearchDependence DependsOn => SearchDependence.Email;
    public override Verdict Match(SearchSubject subject) => subject.ScanOf(this) is { } found ? Answer(found.Contains(subject.Place)) : Verdict.Unknown;
}
