using System.Globalization;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Sieve;
using Facteur.Delivery.Tracing;
using Facteur.Mail;
using Facteur.Sieve.Scripts;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>A server whose accounts have scripts, and messages that come to it.</summary>
internal sealed class ScriptFixture : IAsyncDisposable
{
    public const string Letter = "From: Claire <claire@example.org>\nTo: moi@demo.test\nSubject: bonjour\nDate: Sat, 14 Mar 2026 09:00:00 +0000\nMessage-ID: <m1@example.org>\n\nune ligne\n";

    private ScriptFixture(SmtpFixture server) => Server = server;

    public SmtpFixture Server { get; }
    public MailStore Store => Server.Store;
    public SieveScripts Scripts => Server.Handoff.Services.Sieve.Scripts;

    public static async Task<ScriptFixture> CreateAsync(string? script = null, string account = "moi@demo.test")
    {
        var fixture = new ScriptFixture(await SmtpFixture.CreateAsync());
        if (script is not null) await fixture.ActivateAsync(script, account);
        return fixture;
    }

    public async Task ActivateAsync(string script, string account = "moi@demo.test", string name = "main")
    {
        var owner = account == "site" ? SettingScope.Site : SettingScope.Of((await Server.Administration.GetAccountAsync(account, default)).Id);
        try
        {
            await Scripts.PutAsync(owner, name, Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\r\n")), default);
        }
        catch (ScriptRefusedException e)
        {
            Assert.Fail(string.Join('\n', e.Errors));
        }
        await Scripts.ActivateAsync(owner, name, default);
    }

    public async Task SettingAsync(ScriptSetting setting) =>
        await Store.Settings.SetAsync(SettingScope.Site, ScriptSetting.Document, JsonSerializer.SerializeToUtf8Bytes(setting, JsonSerializerOptions.Web), default);

    /// <summary>Hands a message over as a host on port 25 does.</summary>
    /// <param name="to">Recipients, parted by commas.</param>
    /// <param name="answer">What the server says at its end.</param>
    public Task SendAsync(string message = Letter, string to = "moi@demo.test", string from = "claire@example.org", string answer = "S: 250 *")
    {
        var script = new StringBuilder("S: 220 *\nC: HELO relay.example.org\nS: 250 *\n");
        script.Append(CultureInfo.InvariantCulture, $"C: MAIL FROM:<{from}>\nS: 250 *\n");
        foreach (var one in to.Split(',')) script.Append(CultureInfo.InvariantCulture, $"C: RCPT TO:<{one}>\nS: 250 *\n");
        script.Append("C: DATA\nS: 354 *\n");
        foreach (var line in message.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')) script.Append("C: ").Append(line).Append('\n');
        script.Append("C: .\n").Append(answer).Append('\n');
        return Server.RunAsync(SmtpMode.Mx, script.ToString());
    }

    public async Task<AccountRecord> AccountAsync(string address = "moi@demo.test") => await Server.Administration.GetAccountAsync(address, default);

    /// <summary>Subjects in a mailbox with the flags of each: "bonjour \Seen work".</summary>
    public async Task<IReadOnlyList<string>> InAsync(string mailbox, string account = "moi@demo.test")
    {
        if (await Store.FindMailboxAsync((await AccountAsync(account)).Id, mailbox, default) is not { } found) return [];
        using var view = await Store.OpenViewAsync(found.Id, default);
        var snapshot = await view.RefreshAsync(default);
        var lines = new List<string>();
        await using var reader = Store.ReadEmails(found.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default))
        {
            var message = await ReadAsync(reader.Body);
            var subject = HeaderFields.TryFind(Encoding.Latin1.GetBytes(message), "Subject"u8, out var value) ? EncodedWords.Decode(value) : "";
            lines.Add(string.Join(' ', [subject, .. Flags(reader, snapshot)]));
        }
        return lines;
    }

    private static IEnumerable<string> Flags(EmailReader reader, MailboxSnapshot snapshot)
    {
        var flags = reader.Entry.Flags;
        foreach (var (flag, name) in ((MessageFlags, string)[])[(MessageFlags.Seen, @"\Seen"), (MessageFlags.Flagged, @"\Flagged"), (MessageFlags.Answered, @"\Answered"), (MessageFlags.Deleted, @"\Deleted")])
            if (flags.Has(flag)) yield return name;
        for (var i = 0; i < snapshot.Keywords.Names.Count; i++)
            if (flags.Has(MessageFlags.Keyword(i))) yield return snapshot.Keywords.Names[i]!;
    }

    /// <summary>Messages of a mailbox as they are stored.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string mailbox, string account = "moi@demo.test")
    {
        var found = (await Store.FindMailboxAsync((await AccountAsync(account)).Id, mailbox, default))!;
        var messages = new List<string>();
        await using var reader = Store.ReadEmails(found.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default)) messages.Add(await ReadAsync(reader.Body));
        return messages;
    }

    public async Task<IReadOnlyList<QueueListItem>> QueueAsync() => await Store.Queue.ListAsync(new QueueFilter { States = Enum.GetValues<QueueState>() }, null, 100, default);

    /// <summary>What leaves with an entry of the queue.</summary>
    public Task<string> SentAsync(QueueMessage message) => Store.ReadSentAsync(message, Encoding.Latin1);

    /// <summary>The rows of an account's trace in words.</summary>
    public async Task<IReadOnlyList<string>> TraceAsync(string account = "moi@demo.test", string language = "en") =>
        [.. (await Store.Trace.FindAsync(new TraceQuery { Account = (await AccountAsync(account)).Id }, 100, default)).Select(row => TraceText.Of(row, CultureInfo.GetCultureInfo(language)))];

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<string> ReadAsync(BodyReference reference) => Encoding.Latin1.GetString(await Store.ReadBodyAsync(reference));
}
