namespace Facteur.Jmap.Push;

/// <summary>Types whose changes are pushed (RFC 8620 §7.1), each a bit.</summary>
[Flags]
internal enum PushTypeSet : uint
{
    None = 0,
    Email = 1,
    Thread = 2,
    Mailbox = 4,

    /// <summary>Has no methods: changes when the account gets a message (RFC 8621 §1.5).</summary>
    EmailDelivery = 8,

    /// <summary>Those that share the account's MODSEQ.</summary>
    OfModSeq = Email | Thread | Mailbox,

    /// <summary>Types with a /get of their own, from here on by their place in <see cref="PushTypes.Listed"/>.</summary>
    FirstListed = 16,
    All = uint.MaxValue,
}

/// <summary>Names of types. All that have a /get with a state are pushed.</summary>
internal sealed class PushTypes
{
    private const string Get = "/get";
    private const int MaxListed = 28;

    // Without a state of their own, or pushed by the account's MODSEQ.
    private static readonly string[] others = ["Email", "Thread", "Mailbox", "Blob", "SearchSnippet", "PushSubscription"];

    // What is sent and received moves them, or what else announces the account, beside settings.
    private static readonly string[] movedByMail = ["EmailSubmission", "Quota", "DisposableAddress", "ShareNotification", "ContactCard"];

    private static readonly (string Name, PushTypeSet Type)[] mail =
        [("Email", PushTypeSet.Email), ("Thread", PushTypeSet.Thread), ("Mailbox", PushTypeSet.Mailbox), ("EmailDelivery", PushTypeSet.EmailDelivery)];

    private readonly List<(string Name, PushTypeSet Type)> all = [.. mail];

    public PushTypes(IEnumerable<JmapMethod> methods)
    {
        Listed = [.. methods.Where(method => method.Name.EndsWith(Get, StringComparison.Ordinal) && !others.Contains(method.Name[..^Get.Length])).OrderBy(method => method.Name, StringComparer.Ordinal)];
        if (Listed.Count > MaxListed) throw new InvalidOperationException("there are more types than bits");
        for (var place = 0; place < Listed.Count; place++)
        {
            var name = Listed[place].Name[..^Get.Length];
            all.Add((name, OfListed(place)));
            if (movedByMail.Contains(name)) MovedByMail |= OfListed(place);
        }
    }

    /// <summary>The /get of each type that has a state of its own.</summary>
    public IReadOnlyList<JmapMethod> Listed { get; }

    /// <summary>Types of <see cref="Listed"/> that every change of the account may concern.</summary>
    public PushTypeSet MovedByMail { get; }

    public static PushTypeSet OfListed(int place) => (PushTypeSet)((uint)PushTypeSet.FirstListed << place);

    /// <summary>Names that nothing here has are passed over: a client may know more than we do.</summary>
    public PushTypeSet Read(IEnumerable<string> names)
    {
        var types = PushTypeSet.None;
        foreach (var name in names) types |= all.Find(one => one.Name == name).Type;
        return types;
    }

    /// <summary>The names of a set, those of messages first.</summary>
    public IEnumerable<(string Name, PushTypeSet Type)> Names(PushTypeSet types)
    {
        foreach (var one in all)
            if ((types & one.Type) != 0) yield return one;
    }
}
