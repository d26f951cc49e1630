using System.Text;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Sieve.Scripts;

/// <summary>What accounts keep of scripts.</summary>
public sealed class StoredScriptTests : IDisposable
{
    private static readonly SettingScope me = SettingScope.Of(new AccountId(1));
    private static readonly SettingScope other = SettingScope.Of(new AccountId(2));
    private readonly MemorySettings settings = new();
    private readonly SieveScripts scripts;

    public StoredScriptTests() => scripts = new SieveScripts(settings);

    public void Dispose() => scripts.Dispose();

    [Fact]
    public async Task A_script_is_kept_changed_and_made_active()
    {
        var first = await PutAsync("main", "keep;");
        Assert.Null((await ListAsync()).Active);
        await scripts.ActivateAsync(me, "main", default);
        var second = await PutAsync("main", "discard; # é\r\n");
        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Content, second.Content);
        Assert.Equal(second, (await ListAsync()).Active);
        Assert.Equal("discard; # é\r\n", await ReadAsync(second));
        Assert.Null(await scripts.ReadAsync(me, first, default)); // its content went
        await scripts.ActivateAsync(me, null, default);
        Assert.Null((await ListAsync()).Active);
        Assert.Empty((await scripts.ListAsync(other, default)).Scripts);
    }

    [Fact]
    public async Task Names_move_and_ids_stay()
    {
        var main = await PutAsync("main", "keep;");
        await PutAsync("other", "stop;");
        await scripts.ActivateAsync(me, "main", default);
        Assert.Equal(main with { Name = "été" }, await scripts.RenameAsync(me, "main", "e\u0301te\u0301", default)); // NFC
        Assert.Equal(main.Id, (await ListAsync()).Active!.Id);
        await RefusedAsync(ScriptRefusal.AlreadyExists, () => scripts.RenameAsync(me, "été", "other", default).AsTask());
        await RefusedAsync(ScriptRefusal.NonExistent, () => scripts.RenameAsync(me, "main", "x", default).AsTask());
        await RefusedAsync(ScriptRefusal.IsActive, () => scripts.DeleteAsync(me, "été", default).AsTask());
        await scripts.DeleteAsync(me, "other", default);
        await RefusedAsync(ScriptRefusal.NonExistent, () => scripts.DeleteAsync(me, "other", default).AsTask());
        Assert.NotEqual(main.Id + 1, (await PutAsync("other", "stop;")).Id);
        var both = await scripts.ReplaceAsync(me, main.Id, "back", "stop;"u8.ToArray(), default);
        Assert.Equal(("back", "stop;"), (both.Name, await ReadAsync(both)));
        Assert.Equal(["back", "other"], (await ListAsync()).Scripts.Select(script => script.Name));
    }

    [Fact]
    public async Task What_is_no_script_is_not_kept_and_replaces_nothing()
    {
        await PutAsync("main", "keep;");
        var refused = await RefusedAsync(ScriptRefusal.Invalid, () => PutAsync("main", "keep;\nfileinto \"x\";"));
        Assert.Equal("2:1: \"fileinto\" needs: require \"fileinto\";", refused.Errors[0].ToString());
        await RefusedAsync(ScriptRefusal.Invalid, () => scripts.PutAsync(me, "main", new byte[] { 0xC3, 0x28 }, default).AsTask());
        Assert.Equal("keep;", await ReadAsync((await ListAsync()).Scripts[0]));
        Assert.Equal(2, (await settings.ListOfAsync(me, default)).Count);
    }

    // S-22: names are never paths; those of RFC 5804 §1.6 that cannot be are refused.
    [Theory]
    [InlineData("../../etc/passwd", true)]
    [InlineData("/absolute", true)]
    [InlineData(@"C:\CON", true)]
    [InlineData("%2e%2e%2f", true)]
    [InlineData("..", true)]
    [InlineData("CON", true)]
    [InlineData("a b\"c\\d", true)]
    [InlineData("été 📨", true)]
    [InlineData("", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u007Fb", false)]
    [InlineData("a\u0085b", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u2029b", false)]
    public async Task Names(string name, bool isOne)
    {
        if (!isOne)
        {
            await RefusedAsync(ScriptRefusal.BadName, () => PutAsync(name, "keep;"));
            return;
        }
        await PutAsync(name, "keep;");
        Assert.Equal(name, Assert.Single((await ListAsync()).Scripts).Name);
        Assert.All(await settings.ListOfAsync(me, default), document => Assert.Matches("^sieve(\\.[0-9]+)?$", document.Name));
    }

    [Fact]
    public async Task The_longest_name_of_the_rfc_is_taken_and_none_is_cut()
    {
        var longest = string.Concat(Enumerable.Repeat("📨", 128)); // RFC 5804 §1.6: 128 characters, 512 octets
        Assert.Equal(longest, (await PutAsync(longest, "keep;")).Name);
        await RefusedAsync(ScriptRefusal.BadName, () => PutAsync(longest + "x", "keep;"));
        await RefusedAsync(ScriptRefusal.BadName, () => PutAsync("half \uD800 a character", "keep;"));
    }

    [Fact]
    public async Task Room_is_bounded_by_script_by_number_and_in_all()
    {
        using var small = new SieveScripts(settings, limits: new ScriptLimits { MaxScripts = 2, MaxScriptOctets = 100, MaxTotalOctets = 150 });
        await RefusedAsync(ScriptRefusal.TooLarge, () => small.PutAsync(me, "a", Filled(101), default).AsTask());
        await small.PutAsync(me, "a", Filled(100), default);
        await RefusedAsync(ScriptRefusal.OverQuota, () => small.PutAsync(me, "b", Filled(51), default).AsTask());
        await RefusedAsync(ScriptRefusal.OverQuota, () => small.CheckSpaceAsync(me, "b", 51, default).AsTask());
        await small.CheckSpaceAsync(me, "a", 100, default); // it replaces itself
        await small.PutAsync(me, "b", Filled(50), default);
        await RefusedAsync(ScriptRefusal.TooManyScripts, () => small.CheckSpaceAsync(me, "c", 1, default).AsTask());
        await small.PutAsync(other, "c", Filled(100), default); // each has its own
    }

    [Theory] // every piece fits a document of settings, whatever is in it
    [InlineData('a')]
    [InlineData('\u0001')]
    [InlineData('"')]
    [InlineData('€')]
    public async Task Long_scripts_are_kept_whole(char filling)
    {
        var count = ScriptLimits.Default.MaxScriptOctets / Encoding.UTF8.GetByteCount([filling]) - 100;
        var text = $"keep; # {new string(filling, count)} 📨\r\n";
        var script = await PutAsync("long", text);
        Assert.Equal(text, await ReadAsync(script));
        Assert.All(await settings.ListOfAsync(me, default), document => Assert.InRange(document.Json.Length, 1, SettingsStore.MaxOctets));
        await PutAsync("long", "keep;");
        Assert.Equal(2, (await settings.ListOfAsync(me, default)).Count);
    }

    [Fact]
    public async Task Changes_are_told_and_seen_whatever_way_they_come()
    {
        var told = new List<SettingScope>();
        scripts.Changed += told.Add;
        var script = await PutAsync("main", "keep;");
        Assert.Equal([me], told);
        Assert.Same(await ListAsync(), await ListAsync());
        // As an import writes it.
        foreach (var (name, json) in await settings.ListOfAsync(me, default)) await settings.SetAsync(other, name, json, default);
        Assert.Equal("keep;", Encoding.UTF8.GetString((await scripts.ReadAsync(other, (await scripts.ListAsync(other, default)).Scripts[0], default))!.Value.Span));
        settings.Set(other, $"sieve.{script.Content}", "\"stop;\"");
        Assert.Equal("stop;", Encoding.UTF8.GetString((await scripts.ReadAsync(other, (await scripts.ListAsync(other, default)).Scripts[0], default))!.Value.Span));
    }

    [Fact]
    public async Task The_active_script_is_compiled_once()
    {
        var script = await PutAsync("main", "keep;");
        await scripts.ActivateAsync(me, "main", default);
        var compiled = await scripts.CompileAsync(me, script, default);
        Assert.NotNull(compiled!.Script);
        Assert.Same(compiled, await scripts.CompileAsync(me, script, default));
        var changed = await PutAsync("main", "discard;");
        Assert.NotSame(compiled, await scripts.CompileAsync(me, changed, default));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{\"last\":1}")]
    public async Task A_list_that_cannot_be_read_counts_as_none(string json)
    {
        settings.Set(me, "sieve", json);
        Assert.Empty((await ListAsync()).Scripts);
        await PutAsync("main", "keep;");
        Assert.Single((await ListAsync()).Scripts);
    }

    [Fact]
    public async Task Many_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => PutAsync($"s{i:00}", $"keep; # {i}"))));
        var folder = await ListAsync();
        Assert.Equal(20, folder.Scripts.Count);
        Assert.Equal(20, folder.Scripts.Select(script => script.Id).Distinct().Count());
        for (var i = 0; i < 20; i++) Assert.Equal($"keep; # {i}", await ReadAsync(folder.Scripts[i]));
    }

    [Theory]
    [InlineData("stop; keep;", "1:7: this is never reached: \"stop\" stands before it")]
    [InlineData("discard;", "1:1: all mail that comes to this line is thrown away")]
    [InlineData("keep; discard;", null)]
    [InlineData("if false { stop; } keep;", null)]
    [InlineData("require \"include\"; include \"nothing\";", "1:20: there is no script \"nothing\" to include")]
    [InlineData("require \"include\"; include :global \"nothing\"; include :optional \"nothing\"; include \"there\";", null)]
    public async Task Authors_are_warned(string script, string? warning)
    {
        await PutAsync("there", "keep;");
        Assert.Equal(warning is null ? [] : [warning], (await scripts.WarnAsync(me, Encoding.UTF8.GetBytes(script), default)).Select(one => one.ToString()));
    }

    private async Task<StoredScript> PutAsync(string name, string content) => await scripts.PutAsync(me, name, Encoding.UTF8.GetBytes(content), default);

    private ValueTask<ScriptFolder> ListAsync() => scripts.ListAsync(me, default);

    private async Task<string> ReadAsync(StoredScript script) => Encoding.UTF8.GetString((await scripts.ReadAsync(me, script, default))!.Value.Span);

    private static byte[] Filled(int octets) => Encoding.ASCII.GetBytes("keep;" + new string('\n', octets - 5));

    private static async Task<ScriptRefusedException> RefusedAsync(ScriptRefusal reason, Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<ScriptRefusedException>(act);
        Assert.Equal(reason, refused.Reason);
        return refused;
    }
}
