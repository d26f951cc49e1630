using System.Collections.Frozen;
using Facteur.Sieve.Commands;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Compiling;

/// <summary>Reads the arguments of a command.</summary>
internal delegate SieveCommand CommandParser(SieveArguments arguments);

/// <param name="Name">In lower case.</param>
/// <param name="Extension">What has to be required; null for the base language.</param>
/// <param name="Rfc">Where it is defined.</param>
internal sealed record CommandEntry(string Name, CommandParser Parse, string? Extension, string Rfc);

/// <summary>All commands by name; "require", "elsif" and "else" are the compiler's own.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, CommandEntry> Entries = new CommandEntry[]
    {
        new("if", If.Parse, null, "RFC 5228 §3.1"),
        new("stop", Stop.Parse, null, "RFC 5228 §3.3"),
        new("keep", Keep.Parse, null, "RFC 5228 §4.3"),
        new("discard", Discard.Parse, null, "RFC 5228 §4.4"),
        new("redirect", Redirect.Parse, null, "RFC 5228 §4.2"),
        new("fileinto", FileInto.Parse, Extensions.FileInto, "RFC 5228 §4.1"),
        new("reject", Reject.Parse, Extensions.Reject, "RFC 5429 §2.2"),
        new("ereject", Reject.ParseEreject, Extensions.Ereject, "RFC 5429 §2.1"),
        new("vacation", Vacation.Parse, Extensions.Vacation, "RFC 5230 §4"),
        new("set", Set.Parse, Extensions.Variables, "RFC 5229 §4"),
        new("setflag", SetFlag.Parse, Extensions.Imap4Flags, "RFC 5232 §3.1"),
        new("addflag", AddFlag.Parse, Extensions.Imap4Flags, "RFC 5232 §3.2"),
        new("removeflag", RemoveFlag.Parse, Extensions.Imap4Flags, "RFC 5232 §3.3"),
        new("addheader", AddHeader.Parse, Extensions.EditHeader, "RFC 5293 §4"),
        new("deleteheader", DeleteHeader.Parse, Extensions.EditHeader, "RFC 5293 §5"),
        new("notify", Notify.Parse, Extensions.Enotify, "RFC 5435 §3"),
        new("include", Include.Parse, Extensions.Include, "RFC 6609 §3.2"),
        new("return", Return.Parse, Extensions.Include, "RFC 6609 §3.3"),
        new("global", Global.Parse, Extensions.Include, "RFC 6609 §3.4.1"),
        new("error", Error.Parse, Extensions.Ihave, "RFC 5463 §5"),
        new("foreverypart", ForEveryPart.Parse, Extensions.ForEveryPart, "RFC 5703 §3"),
        new("break", Break.Parse, Extensions.ForEveryPart, "RFC 5703 §3"),
        new("replace", Replace.Parse, Extensions.Replace, "RFC 5703 §5"),
        new("enclose", Enclose.Parse, Extensions.Enclose, "RFC 5703 §6"),
        new("extracttext", ExtractText.Parse, Extensions.ExtractText, "RFC 5703 §7"),
    }.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>All entries, for tests and documents.</summary>
    public static IEnumerable<CommandEntry> All => Entries.Values;

    public static CommandEntry? Find(string name) => Entries.GetValueOrDefault(name);
}
