using System.Collections.Frozen;

namespace Facteur.Sieve.Compiling;

/// <summary>The capabilities a script can ask for with "require", each with those it implies.</summary>
internal static class Extensions
{
    public const string FileInto = "fileinto"; // RFC 5228 §4.1
    public const string Envelope = "envelope"; // RFC 5228 §5.4
    public const string EncodedCharacter = "encoded-character"; // RFC 5228 §2.4.2.4
    public const string Variables = "variables"; // RFC 5229
    public const string Vacation = "vacation"; // RFC 5230
    public const string VacationSeconds = "vacation-seconds"; // RFC 6131
    public const string Relational = "relational"; // RFC 5231
    public const string Imap4Flags = "imap4flags"; // RFC 5232
    public const string Subaddress = "subaddress"; // RFC 5233
    public const string SpamTest = "spamtest"; // RFC 5235
    public const string SpamTestPlus = "spamtestplus"; // RFC 5235
    public const string VirusTest = "virustest"; // RFC 5235
    public const string Date = "date"; // RFC 5260
    public const string Index = "index"; // RFC 5260
    public const string Mailbox = "mailbox"; // RFC 5490
    public const string MailboxId = "mailboxid"; // RFC 9042
    public const string SpecialUse = "special-use"; // RFC 8579
    public const string Fcc = "fcc"; // RFC 8580
    public const string Duplicate = "duplicate"; // RFC 7352
    public const string EditHeader = "editheader"; // RFC 5293
    public const string Regex = "regex"; // draft-ietf-sieve-regex
    public const string Include = "include"; // RFC 6609
    public const string Ihave = "ihave"; // RFC 5463
    public const string Environment = "environment"; // RFC 5183
    public const string Enotify = "enotify"; // RFC 5435
    public const string Mime = "mime"; // RFC 5703
    public const string ForEveryPart = "foreverypart"; // RFC 5703
    public const string ExtractText = "extracttext"; // RFC 5703
    public const string Replace = "replace"; // RFC 5703
    public const string Enclose = "enclose"; // RFC 5703
    public const string ExtLists = "extlists"; // RFC 6134
    public const string Body = "body"; // RFC 5173
    public const string Reject = "reject"; // RFC 5429
    public const string Ereject = "ereject"; // RFC 5429
    public const string Copy = "copy"; // RFC 3894
    public const string ImapSieve = "imapsieve"; // RFC 6785
    public const string ComparatorPrefix = "comparator-"; // RFC 5228 §2.7.3

    private static readonly FrozenDictionary<string, string[]> All = Build();

    /// <summary>All names in the order ManageSieve and JMAP list them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What has to be there before a capability can be: RFC 5463 §4 keeps "ihave" from those that change how strings are read.</summary>
    public static bool MayBeTested(string name) => IsKnown(name) && name is not (Variables or EncodedCharacter);

    public static bool IsKnown(string name) => All.ContainsKey(name);

    /// <summary>The names that come with <paramref name="name"/>, itself first.</summary>
    public static IEnumerable<string> With(string name) => All[name].Prepend(name);

    private static FrozenDictionary<string, string[]> Build()
    {
        var all = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in (string[])
        [
            FileInto, Envelope, EncodedCharacter, Variables, Vacation, Relational, Imap4Flags, Subaddress, SpamTest, VirusTest, Date, Index,
            Mailbox, MailboxId, SpecialUse, Fcc, Duplicate, EditHeader, Regex, Include, Ihave, Environment, Enotify, Mime, ForEveryPart,
            ExtractText, Replace, Enclose, ExtLists, Body, Reject, Ereject, Copy, ImapSieve,
        ])
            all.Add(name, []);
        all.Add(VacationSeconds, [Vacation]); // RFC 6131 §2
        all.Add(SpamTestPlus, [SpamTest]); // RFC 5235 §3.2
        foreach (var comparator in Matching.Comparator.All) all.Add(ComparatorPrefix + comparator.Name, []);
        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
