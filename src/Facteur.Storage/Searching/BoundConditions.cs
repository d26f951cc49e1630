using Facteur.Mail;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Searching;

/// <summary>What names in a condition stand for: the mailboxes of an account, and the addresses that are its own.</summary>
public sealed record SearchBinding(AccountSnapshot Account, IReadOnlyList<string> OwnAddresses);

/// <summary>A condition that means something only in an account: it is bound before it is asked.</summary>
public abstract record BoundCondition : SearchCondition
{
    public sealed override SearchCost Cost => SearchCost.Row;

    public sealed override Verdict Match(SearchSubject subject) => throw new InvalidOperationException("a condition was asked before it was bound");

    public abstract override SearchCondition Bind(SearchBinding binding);
}

/// <summary>In the mailbox of a role (RFC 8621 §2); in no message when there is none.</summary>
public sealed record RoleCondition(MailboxRole Role) : BoundCondition
{
    public override SearchDependence DependsOn => SearchDependence.Email;

    public override SearchCondition Bind(SearchBinding binding) =>
        OrCondition.Of(binding.Account.Mailboxes.Where(one => one.Mailbox.Role == Role).Select(one => new MailboxCondition(one.Id)));
}

/// <summary>In a mailbox of a name, whole or its last level, or with a keyword of that name. Blanks may be written as hyphens or underscores.</summary>
public sealed record LabelCondition(FoldedNeedle Name) : BoundCondition
{
    public override SearchDependence DependsOn => SearchDependence.Email;

    public override SearchCondition Bind(SearchBinding binding)
    {
        var wanted = Normal(Name.Text);
        var found = new List<SearchCondition>();
        foreach (var mailbox in binding.Account.Mailboxes)
        {
            var name = mailbox.Mailbox.Name;
            var last = name[(name.LastIndexOf(MailboxName.Separator) + 1)..];
            if (Normal(FoldedText.Fold(name)) == wanted || Normal(FoldedText.Fold(last)) == wanted) found.Add(new MailboxCondition(mailbox.Id));
        }
        if (binding.Account.Mailboxes.Any(one => one.Keywords.IndexOf(Name.Text) >= 0)) found.Add(new KeywordCondition(Name.Text));
        return OrCondition.Of(found);
    }

    private static string Normal(string folded) => folded.Replace('-', ' ').Replace('_', ' ');
}

/// <summary>A field names an address of the account itself.</summary>
public sealed record OwnAddressCondition(FoldedField Field) : BoundCondition
{
    public override EmailFields Fields => EmailFields.FoldedHeaders;

    public override SearchCondition Bind(SearchBinding binding) =>
        OrCondition.Of(binding.OwnAddresses.Select(address => new FieldCondition(Field, FoldedNeedle.Of(address))));
}

/// <summary>Not only in Junk and Trash: what a search that names no place leaves out (UX.md §4.6).</summary>
public sealed record VisibleCondition : BoundCondition
{
    public override SearchDependence DependsOn => SearchDependence.Email;

    public override SearchCondition Bind(SearchBinding binding)
    {
        var hidden = binding.Account.Mailboxes.Where(one => one.Mailbox.Role is MailboxRole.Junk or MailboxRole.Trash).Select(one => one.Id).ToList();
        return hidden.Count == 0 ? ConstantCondition.True : new MailboxOtherThanCondition(hidden);
    }
}
