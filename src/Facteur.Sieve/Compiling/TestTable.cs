using System.Collections.Frozen;
using Facteur.Sieve.Running;
using Facteur.Sieve.Tests;

namespace Facteur.Sieve.Compiling;

/// <summary>Reads the arguments of a test.</summary>
internal delegate SieveTest TestParser(SieveArguments arguments);

/// <param name="Name">In lower case.</param>
/// <param name="Extension">What has to be required; null for the base language.</param>
/// <param name="Rfc">Where it is defined.</param>
internal sealed record TestEntry(string Name, TestParser Parse, string? Extension, string Rfc);

/// <summary>All tests by name.</summary>
internal static class TestTable
{
    private static readonly FrozenDictionary<string, TestEntry> Entries = new TestEntry[]
    {
        new("true", True.Parse, null, "RFC 5228 §5.10"),
        new("false", False.Parse, null, "RFC 5228 §5.6"),
        new("not", Not.Parse, null, "RFC 5228 §5.8"),
        new("allof", AllOf.Parse, null, "RFC 5228 §5.2"),
        new("anyof", AnyOf.Parse, null, "RFC 5228 §5.3"),
        new("exists", Exists.Parse, null, "RFC 5228 §5.5"),
        new("size", Size.Parse, null, "RFC 5228 §5.9"),
        new("header", Header.Parse, null, "RFC 5228 §5.7"),
        new("address", Address.Parse, null, "RFC 5228 §5.1"),
        new("envelope", Envelope.Parse, Extensions.Envelope, "RFC 5228 §5.4"),
        new("body", Body.Parse, Extensions.Body, "RFC 5173 §4"),
        new("string", StringTest.Parse, Extensions.Variables, "RFC 5229 §5"),
        new("hasflag", HasFlag.Parse, Extensions.Imap4Flags, "RFC 5232 §4"),
        new("date", Date.Parse, Extensions.Date, "RFC 5260 §4"),
        new("currentdate", CurrentDate.Parse, Extensions.Date, "RFC 5260 §5"),
        new("environment", EnvironmentTest.Parse, Extensions.Environment, "RFC 5183 §4"),
        new("ihave", Ihave.Parse, Extensions.Ihave, "RFC 5463 §4"),
        new("mailboxexists", MailboxExists.Parse, Extensions.Mailbox, "RFC 5490 §3.1"),
        new("mailboxidexists", MailboxIdExists.Parse, Extensions.MailboxId, "RFC 9042 §6"),
        new("specialuse_exists", SpecialUseExists.Parse, Extensions.SpecialUse, "RFC 8579 §3"),
        new("duplicate", Duplicate.Parse, Extensions.Duplicate, "RFC 7352 §3"),
        new("spamtest", SpamTest.Parse, Extensions.SpamTest, "RFC 5235 §3.2"),
        new("virustest", VirusTest.Parse, Extensions.VirusTest, "RFC 5235 §3.3"),
        new("valid_ext_list", ValidExtList.Parse, Extensions.ExtLists, "RFC 6134 §2.7"),
        new("valid_notify_method", ValidNotifyMethod.Parse, Extensions.Enotify, "RFC 5435 §4"),
        new("notify_method_capability", NotifyMethodCapability.Parse, Extensions.Enotify, "RFC 5435 §5"),
    }.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>All entries, for tests and documents.</summary>
    public static IEnumerable<TestEntry> All => Entries.Values;

    public static TestEntry? Find(string name) => Entries.GetValueOrDefault(name);
}
