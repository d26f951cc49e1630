using System.Globalization;
using System.Text.RegularExpressions;
using Facteur.Imap;
using Facteur.Net;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>A message as a program of IMAP sees it.</summary>
internal sealed record ImapMessage(uint Uid, IReadOnlySet<string> Flags, long Size, string Email, string Thread)
{
    public bool IsDeleted => Flags.Contains("\\Deleted");
}

/// <summary>A mailbox as LIST and STATUS tell of it.</summary>
internal sealed record ImapMailbox(string Name, bool IsSelectable, string Id, int Messages, int Unseen);

/// <summary>A program of IMAP on the real session, over pipes in memory. It may follow a mailbox by what it is told alone.</summary>
internal sealed partial class ImapProgram : IAsyncDisposable
{
    private readonly List<(uint Uid, string Flags)> followed = [];
    private readonly MemoryClient client;
    private readonly Task session;
    private int tag;

    private ImapProgram(MemoryConnection connection, IConnectionHandler handler) =>
        (client, session) = (connection.Client, ServeAsync(connection.Server, handler));

    public static async Task<ImapProgram> LogInAsync(JmapHarness jmap)
    {
        var handler = new ImapConnectionHandler(jmap.Store, jmap.Logins, new ImapOptions { PlaintextOnLoopback = true }, jmap.Time, NullLogger<ImapConnectionHandler>.Instance);
        var program = new ImapProgram(MemoryConnection.Create(new MailConnectionOptions { Time = jmap.Time }), handler);
        await program.client.ReadLineAsync(default);
        await program.DoAsync("LOGIN ada@example.com \"correct horse battery\"");
        return program;
    }

    /// <summary>Untagged answers of a command that succeeds.</summary>
    public async Task<List<string>> DoAsync(string command)
    {
        var (ok, lines) = await TryAsync(command);
        Assert.True(ok, command);
        return lines;
    }

    /// <summary>False when it is refused; nonsense fails the test.</summary>
    public async Task<(bool Ok, List<string> Lines)> TryAsync(string command)
    {
        var mine = string.Create(CultureInfo.InvariantCulture, $"t{++tag} ");
        await client.WriteAsync(mine + command + "\r\n", default);
        var lines = new List<string>();
        while (await client.ReadLineAsync(default) is { } line)
        {
            if (!line.StartsWith(mine, StringComparison.Ordinal)) lines.Add(line);
            else if (line.StartsWith(mine + "BAD", StringComparison.Ordinal)) Assert.Fail($"{command}: {line}");
            else return (line.StartsWith(mine + "OK", StringComparison.Ordinal), lines);
        }
        throw new InvalidOperationException($"the server closed after {command}");
    }

    public async Task<List<ImapMailbox>> ListAsync()
    {
        var lines = await DoAsync("LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN MAILBOXID))");
        var status = lines.Select(line => StatusLine().Match(line)).Where(match => match.Success).ToDictionary(match => match.Groups[1].Value.Trim('"'), match => match.Groups);
        var mailboxes = new List<ImapMailbox>();
        foreach (var match in lines.Select(line => ListLine().Match(line)).Where(match => match.Success))
        {
            var name = match.Groups[2].Value.Trim('"');
            if (status.TryGetValue(name, out var counts)) mailboxes.Add(new ImapMailbox(name, true, counts[4].Value, int.Parse(counts[2].Value), int.Parse(counts[3].Value)));
            else mailboxes.Add(new ImapMailbox(name, false, "", 0, 0));
        }
        return mailboxes;
    }

    public async Task<List<ImapMessage>> ReadAsync(string mailbox)
    {
        await DoAsync($"EXAMINE {mailbox}");
        var lines = await DoAsync("UID FETCH 1:* (FLAGS RFC822.SIZE EMAILID THREADID)");
        // A mailbox that is deleted ends the sessions that have it selected.
        await DoAsync("UNSELECT");
        return [.. lines.Select(line => FetchLine().Match(line)).Where(match => match.Success).Select(match => new ImapMessage(
            uint.Parse(match.Groups[2].Value), match.Groups[3].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(flag => flag != "\\Recent").ToHashSet(StringComparer.OrdinalIgnoreCase),
            long.Parse(match.Groups[4].Value), match.Groups[5].Value, match.Groups[6].Value))];
    }

    /// <summary>Selects a mailbox to follow.</summary>
    public async Task FollowAsync(string mailbox)
    {
        await DoAsync($"SELECT {mailbox}");
        await HearAsync(await DoAsync("UID FETCH 1:* (FLAGS)"), learning: true);
    }

    /// <summary>What the followed mailbox is by what was told so far.</summary>
    public async Task<List<(uint Uid, string Flags)>> LookAsync()
    {
        await HearAsync(await DoAsync("NOOP"), learning: false);
        return followed;
    }

    public async ValueTask DisposeAsync()
    {
        await DoAsync("LOGOUT");
        await session;
    }

    // RFC 9051 §7.3.1, §7.5: EXISTS, EXPUNGE, FETCH as they come.
    private async Task HearAsync(List<string> lines, bool learning)
    {
        foreach (var line in lines)
            if (NumberLine().Match(line) is { Success: true } match)
            {
                var number = int.Parse(match.Groups[1].Value);
                if (match.Groups[2].Value == "EXPUNGE") followed.RemoveAt(number - 1);
                else if (match.Groups[2].Value == "EXISTS" && number > followed.Count && !learning) await HearAsync(await DoAsync($"FETCH {followed.Count + 1}:{number} (UID FLAGS)"), learning: true);
                else if (FlagsOf().Match(line) is { Success: true } flags)
                {
                    while (learning && followed.Count < number) followed.Add(default);
                    var uid = UidOf().Match(line) is { Success: true } given ? uint.Parse(given.Groups[1].Value) : followed[number - 1].Uid;
                    followed[number - 1] = (uid, Sorted(flags.Groups[1].Value));
                }
            }
    }

    public static string Sorted(string flags) => string.Join(' ', flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(flag => flag != "\\Recent").Order(StringComparer.Ordinal));

    private static async Task ServeAsync(MailConnection connection, IConnectionHandler handler)
    {
        await using (connection) await handler.RunAsync(connection, connection.Aborted);
    }

    [GeneratedRegex(@"^\* LIST \(([^)]*)\) ""/"" (.+?)( \(.*\))?$")]
    private static partial Regex ListLine();

    [GeneratedRegex(@"^\* STATUS (\S+) \(MESSAGES (\d+) UNSEEN (\d+) MAILBOXID \(\D(\d+)\)\)$")]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"^\* (\d+) FETCH \(UID (\d+) FLAGS \(([^)]*)\) RFC822.SIZE (\d+) EMAILID \(M(\d+)\) THREADID \(T(\d+)\)\)$")]
    private static partial Regex FetchLine();

    [GeneratedRegex(@"^\* (\d+) (EXISTS|EXPUNGE|FETCH)")]
    private static partial Regex NumberLine();

    [GeneratedRegex(@"FLAGS \(([^)]*)\)")]
    private static partial Regex FlagsOf();

    [GeneratedRegex(@"UID (\d+)")]
    private static partial Regex UidOf();
}
