using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Emails;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Storage;

/// <summary>Stores that earlier versions of the program wrote.</summary>
public sealed class EmbeddedUpgradeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-upgrade-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_store_of_version_2_keeps_its_accounts_and_passwords()
    {
        await WriteAsync(2, """
            INSERT INTO domain (name) VALUES ('demo.test');
            INSERT INTO account (domain, address, display_name, created, credential_version) VALUES (1, 'a@demo.test', 'A', 0, 4);
            INSERT INTO address (folded, address, account, label) VALUES ('a@demo.test', 'a@demo.test', 1, '');
            INSERT INTO credential (id, account, kind, value, created) VALUES (7, 1, 'password', 'hash', 1000);
            INSERT INTO setting (kind, owner, name, json) VALUES (97, 1, 'forward', '{}');
            """);
        await using var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, default);
        var account = (await store.Directory.FindAccountAsync("a@demo.test", default))!;
        Assert.Equal((AccountKind.Personal, 4L), (account.Kind, account.CredentialVersion));
        var password = Assert.Single(await store.Directory.ListCredentialsAsync(account.Id, default));
        Assert.Equal(new CredentialRecord(7, account.Id, "password", "hash", DateTimeOffset.FromUnixTimeSeconds(1)), password);
        Assert.True(await store.Directory.ReplaceHashAsync(password, "anew", default));
        await store.Directory.AddCredentialAsync(password with { Value = "second" }, default);
        Assert.Equal(["anew", "second"], (await store.Directory.ListCredentialsAsync(account.Id, default)).Select(one => one.Value));
        Assert.NotNull(await store.Settings.GetAsync(SettingScope.Of(account.Id), "forward", default));
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task A_store_of_version_3_shows_its_accounts_by_email()
    {
        await WriteAsync(3, """
            INSERT INTO domain (name) VALUES ('demo.test');
            INSERT INTO account (domain, address, display_name, created, modseq, messages, octets) VALUES (1, 'a@demo.test', 'A', 0, 20, 2, 7);
            INSERT INTO address (folded, address, account, label) VALUES ('a@demo.test', 'a@demo.test', 1, '');
            INSERT INTO mailbox (account, name, role, uidvalidity, uidnext, created_modseq, highest_modseq, messages, unseen, octets) VALUES
                (1, 'INBOX', 1, 1, 4, 2, 19, 2, 1, 7), (1, 'Archive', 6, 2, 2, 2, 15, 1, 1, 3);
            INSERT INTO blob (id, size, refs, checksum, body) VALUES (1, 3, 2, 0, 'abc'), (2, 4, 1, 0, 'abcd');
            INSERT INTO facts (blob, header_size, has_attachment, base_subject, envelope, body_structure, parts, preview, folded_headers, subject) VALUES
                (1, 3, 1, '', x'', x'', x'', '', x'', 'un'), (2, 4, 0, '', x'', x'', x'', '', x'', 'deux');
            INSERT INTO email (id, account, blob, thread, size, received_at, created_modseq, modseq, entries, removed_at) VALUES
                (5, 1, 1, 5, 3, 0, 10, 15, 2, NULL), (6, 1, 2, 5, 4, 0, 11, 11, 1, NULL), (7, 1, 1, 7, 3, 0, 12, 18, 0, 1);
            INSERT INTO entry (mailbox, uid, email, modseq, flags, size, blob, thread, internal_date, internal_zone, save_date, pop_uidl) VALUES
                (1, 1, 5, 10, 0, 3, 1, 5, 7000, 0, 0, NULL), (2, 1, 5, 15, 0, 3, 1, 5, 7000, 0, 0, 'x'), (1, 2, 6, 19, 1, 4, 2, 5, 8000, 0, 0, NULL);
            INSERT INTO expunged VALUES (1, 18, 3, 3);
            INSERT INTO tombstone VALUES (1, 1, 9, 3), (1, 1, 18, 7), (1, 2, 4, 9), (1, 2, 16, 10);
            UPDATE store SET value = 8 WHERE key = 'email_next';
            """);
        var time = new Facteur.Tests.Support.FakeTime(DateTimeOffset.FromUnixTimeMilliseconds(1000)); // nothing is past its retention
        await using var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder }, time, NullLogger<EmbeddedStore>.Instance, default);
        var account = new AccountId(1);
        var snapshot = await store.Emails.LookAsync(account, default);
        Assert.True(snapshot.TryFind(new EmailId(5), out var first));
        Assert.Equal((7000L, true, 2, new ModSeq(15)), (first.ReceivedAt, first.HasAttachment, first.PlaceCount, first.Changed));
        Assert.True(snapshot.TryFind(new EmailId(6), out var second));
        Assert.Equal((8000L, false, new ModSeq(19)), (second.ReceivedAt, second.HasAttachment, second.Changed));
        Assert.Equal([5L, 6L], snapshot.Thread(new ThreadId(5)).Select(row => row.Id.Value));
        Assert.Equal((0, "", new ModSeq(2)), (snapshot.Mailboxes[0].Mailbox.SortOrder, snapshot.Mailboxes[0].Mailbox.Color, snapshot.Mailboxes[0].Mailbox.PropertiesChanged));

        // Of the end of email 3 nothing is known but that it was: who asks from before it reads anew.
        Assert.Null(await store.Emails.ChangesSinceAsync(account, new ModSeq(8), default));
        var changes = (await store.Emails.ChangesSinceAsync(account, new ModSeq(14), default))!;
        Assert.Equal([(5L, ChangeKind.Updated), (7L, ChangeKind.Destroyed), (6L, ChangeKind.Updated)], changes.Emails.Select(change => (change.Email.Value, change.Kind)));
        Assert.Equal(new ThreadId(7), changes.Emails[1].Thread);
        Assert.Contains(changes.Mailboxes, change => change.Mailbox.Value == 10 && change.Kind == ChangeKind.Destroyed);
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    private async Task WriteAsync(int version, string rows)
    {
        using var database = SqliteConnection.Open(Path.Combine(folder, "facteur.db"), readOnly: false, 100, 0);
        for (var number = 1; number <= version; number++)
        {
            using var script = new StreamReader(typeof(EmbeddedStore).Assembly.GetManifestResourceStream($"Facteur.Storage.Embedded.Migrations.{number:D4}.sql")!);
            database.RunScript(await script.ReadToEndAsync());
        }
        database.RunScript($"{rows}\nPRAGMA user_version = {version};");
    }
}
