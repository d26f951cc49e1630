using System.Buffers;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>A mailbox as a client wants it to be (RFC 8621 §2): its own properties, none of which the store looked at yet.</summary>
/// <param name="ParentId">As sent, perhaps "#creationId"; null at the top.</param>
/// <param name="Color">"#rrggbb", or "" for none (docs/jmap.md).</param>
internal sealed record WantedMailbox(string Name, string? ParentId, MailboxRole Role, int SortOrder, bool IsSubscribed, string Color)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>What the server says of a mailbox and no client changes.</summary>
    public static readonly string[] ServerSet = ["id", "totalEmails", "unreadEmails", "totalThreads", "unreadThreads", "myRights"];

    private static readonly string[] Settable = ["name", "parentId", "role", "sortOrder", "isSubscribed", "color"];

    /// <summary>Reads an object to create, or one as it is with a patch applied; <see cref="JmapSetException"/> names all that is wrong.</summary>
    public static WantedMailbox Read(JmapObjectReader reader, bool isNew)
    {
        if (isNew) reader.Only(Settable);
        else reader.Only([.. Settable, .. ServerSet]);
        var wanted = new WantedMailbox(
            ReadName(reader), reader.String("parentId"), ReadRole(reader), (int)(reader.UnsignedInt("sortOrder", int.MaxValue) ?? 0), reader.Bool("isSubscribed") ?? isNew,
            ReadColor(reader));
        reader.Check();
        return wanted;
    }

    /// <summary>A mailbox with a patch applied.</summary>
    /// <param name="current">As Mailbox/get shows it; null for one that does not exist.</param>
    public static WantedMailbox Read(JmapPatch patch, JsonElement? current)
    {
        if (current is not { } mailbox) throw new JmapSetException(JmapSetError.NotFound);
        using var patched = patch.ApplyTo(mailbox);
        var reader = new JmapObjectReader(patched.RootElement);
        foreach (var property in patch.Changed(mailbox, ServerSet)) reader.Invalid(property, $"{property} is set by the server");
        return Read(reader, isNew: false);
    }

    // A level of a name of the store: what it takes, without its separator (RFC 8621 §2 lets servers refuse "/").
    private static string ReadName(JmapObjectReader reader)
    {
        var name = reader.String("name");
        if (name is not null && !name.Contains(MailboxName.Separator) && MailboxName.TryNormalize("x/" + name, out var normal)) return normal[2..];
        reader.Invalid("name", "this is not a name for a mailbox");
        return "";
    }

    private static MailboxRole ReadRole(JmapObjectReader reader)
    {
        if (reader.String("role") is not { } role) return MailboxRole.None;
        foreach (var known in Enum.GetValues<MailboxRole>())
            if (MailboxView.NameOf(known) == role) return known;
        reader.Invalid("role", "this is no role");
        return MailboxRole.None;
    }

    private static string ReadColor(JmapObjectReader reader)
    {
        if (reader.String("color") is not { } color) return "";
        if (color.Length == 7 && color[0] == '#' && !color.AsSpan(1).ContainsAnyExcept(HexDigits)) return color.ToLowerInvariant();
        reader.Invalid("color", "a color is written #rrggbb");
        return "";
    }
}
