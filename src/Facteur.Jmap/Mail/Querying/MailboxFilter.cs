using System.Text.Json;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Reads filters of mailboxes (RFC 8621 §2.3).</summary>
internal sealed class MailboxFilter(MailboxTree tree, Subscriptions subscriptions)
{
    /// <summary>Null is every mailbox.</summary>
    public Predicate<AccountMailbox> Read(JsonElement? filter) =>
        filter is { } given ? new FilterReader<Predicate<AccountMailbox>>(Condition, Combine).Read(given) : _ => true;

    private static Predicate<AccountMailbox> Combine(FilterOperator kind, List<Predicate<AccountMailbox>> conditions) => kind switch
    {
        FilterOperator.And => mailbox => conditions.TrueForAll(one => one(mailbox)),
        FilterOperator.Or => mailbox => conditions.Exists(one => one(mailbox)),
        _ => mailbox => !conditions.Exists(one => one(mailbox)),
    };

    private Predicate<AccountMailbox> Condition(JsonElement condition)
    {
        var all = new List<Predicate<AccountMailbox>>();
        foreach (var property in condition.EnumerateObject()) all.Add(Property(condition, property.Name));
        return Combine(FilterOperator.And, all);
    }

    private Predicate<AccountMailbox> Property(JsonElement of, string name)
    {
        switch (name)
        {
            case "parentId":
                // Null is the top; an id that is none has no children.
                var parent = JmapArguments.String(of, name) is not { } id ? (MailboxId?)null : JmapIds.TryRead(id, out MailboxId read) ? read : new MailboxId(-1);
                return mailbox => tree.ParentOf(mailbox) == parent;
            case "name":
                var part = FoldedText.Fold(JmapArguments.RequireString(of, name));
                return mailbox => FoldedText.Fold(MailboxTree.NameOf(mailbox)).Contains(part, StringComparison.Ordinal);
            case "role":
                var role = JmapArguments.String(of, name);
                return mailbox => MailboxTree.RoleOf(mailbox) == role;
            case "hasAnyRole":
                var any = JmapArguments.Bool(of, name) ?? throw JmapMethodException.InvalidArguments("hasAnyRole has no value");
                return mailbox => MailboxTree.RoleOf(mailbox) is not null == any;
            case "isSubscribed":
                var subscribed = JmapArguments.Bool(of, name) ?? throw JmapMethodException.InvalidArguments("isSubscribed has no value");
                return mailbox => subscriptions.Has(mailbox.Mailbox) == subscribed;
            default:
                throw FilterReader<Predicate<AccountMailbox>>.Unsupported($"{name} is not known");
        }
    }
}
