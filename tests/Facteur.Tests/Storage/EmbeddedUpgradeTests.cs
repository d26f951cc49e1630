using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Storage.Embedded.Sqlite;
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
