using System.Text;
using Facteur.Delivery.Sieve.Events;
using Facteur.Imap;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Storage.Annotations;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>A server where moi@demo.test has a script for events of mailboxes, and IMAP programs.</summary>
internal sealed class EventFixture(ScriptFixture scripts) : IAsyncDisposable
{
    public const string Letter = @"From: a@example.org\r\nTo: moi@demo.test\r\nSubject: bonjour\r\nMessage-ID: <m1@example.org>\r\n\r\nune ligne\r\n";

    public ScriptFixture Scripts => scripts;
    public MailStore Store => scripts.Store;

    /// <param name="folder">Where the script is bound; null: for all folders.</param>
    public static async Task<EventFixture> CreateAsync(string script, string? folder = null)
    {
        var fixture = new EventFixture(await ScriptFixture.CreateAsync());
        await fixture.PutAsync(script);
        await fixture.BindAsync("events", folder);
        return fixture;
    }

    public async Task PutAsync(string script, string name = "events") =>
        await scripts.Scripts.PutAsync(SettingScope.Of((await scripts.AccountAsync()).Id), name, Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\r\n")), default);

    public async Task BindAsync(string? name, string? folder)
    {
        var account = (await scripts.AccountAsync()).Id;
        MailboxId? mailbox = folder is null ? null : (await Store.FindMailboxAsync(account, folder, default))!.Id;
        ReadOnlyMemory<byte>? value = name is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(name);
        await Store.Annotations.WriteAsync(new AnnotationWrite(new AnnotationPlace(account, mailbox), account, [new AnnotationChange(AnnotationStore.ScriptName, value)]), default);
    }

    /// <summary>What an IMAP program sends after its login; "LETTER" is a literal with <see cref="Letter"/>. Returns when the session has done it all.</summary>
    public Task ImapAsync(string script)
    {
        var letter = $"{{{TranscriptScript.Unescape(Letter).Length}+}}\\r\\n{Letter}\\r\\n";
        var handler = new ImapConnectionHandler(Store, scripts.Server.Logins, new ImapOptions { PlaintextOnLoopback = true }, new FakeTime(), NullLogger<ImapConnectionHandler>.Instance);
        return Transcript.RunAsync(handler, $"S: * OK *\nC: l LOGIN moi@demo.test {SmtpFixture.Password}\nS: l OK *\n{script.Replace("LETTER", letter, StringComparison.Ordinal)}", new TranscriptOptions { IgnoreRest = true });
    }

    public Task AppendAsync(string folder = "INBOX", string flags = "") => ImapAsync($"C\\: a APPEND {folder} {flags}LETTER");

    /// <summary>Runs what waits; answers for how many messages.</summary>
    public async Task<int> RunAsync()
    {
        using var runner = new MailboxEventRunner(scripts.Server.Handoff);
        return await runner.RunWaitingAsync(default);
    }

    public ValueTask DisposeAsync() => scripts.DisposeAsync();
}
