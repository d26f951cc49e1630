using System.Text;
using Facteur.Storage;
using Facteur.Storage.Annotations;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    private const string Comment = "/shared/comment";

    private static readonly string[] Everything = ["/private", "/shared"];

    private static AnnotationPlace PlaceOf(Mailbox mailbox) => new(mailbox.Account, mailbox.Id);

    private async Task AnnotateAsync(AnnotationPlace place, string name, string? value, AccountId? person = null)
    {
        ReadOnlyMemory<byte>? octets = value is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(value);
        await Store.Annotations.WriteAsync(new AnnotationWrite(place, person ?? place.Account, [new AnnotationChange(name, octets)]), default);
    }

    /// <summary>All annotations of a place that a person sees: "name=value".</summary>
    private async Task<IReadOnlyList<string>> AnnotationsAsync(AnnotationPlace place, AccountId? person = null)
    {
        var found = await Store.Annotations.ReadAsync(place, person ?? place.Account, new AnnotationQuery(Everything, AnnotationDepth.All), default);
        return [.. found.Select(one => $"{one.Name}={Encoding.UTF8.GetString(one.Value!.Value.Span)}")];
    }

    [Fact]
    public async Task Annotations_are_set_replaced_removed_and_survive()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = PlaceOf(await InboxAsync(account));
        var whole = new AnnotationPlace(account, null);
        await AnnotateAsync(inbox, Comment, "un");
        await AnnotateAsync(inbox, Comment, "deux");
        await AnnotateAsync(inbox, "/private/comment", "");
        await AnnotateAsync(whole, Comment, "tout");
        await RestartAsync();
        Assert.Equal(["/private/comment=", "/shared/comment=deux"], await AnnotationsAsync(inbox));
        Assert.Equal(["/shared/comment=tout"], await AnnotationsAsync(whole));
        await AnnotateAsync(inbox, Comment, null);
        await AnnotateAsync(inbox, "/shared/none", null);
        Assert.Equal(["/private/comment="], await AnnotationsAsync(inbox));
    }

    [Fact]
    public async Task Private_annotations_are_of_one_person()
    {
        var shared = (await AddAccountAsync()).Id;
        var member = (await AddAccountAsync("bob@demo.test")).Id;
        var inbox = PlaceOf(await InboxAsync(shared));
        await AnnotateAsync(inbox, "/private/comment", "of the account");
        await AnnotateAsync(inbox, "/private/comment", "of bob", member);
        await AnnotateAsync(inbox, Comment, "of all", member);
        Assert.Equal(["/private/comment=of the account", "/shared/comment=of all"], await AnnotationsAsync(inbox));
        Assert.Equal(["/private/comment=of bob", "/shared/comment=of all"], await AnnotationsAsync(inbox, member));
    }

    [Fact]
    public async Task Annotations_are_found_by_depth_and_size()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = PlaceOf(await InboxAsync(account));
        foreach (var name in (string[])["/shared/a", "/shared/a/b", "/shared/a/b/c", "/shared/ab"]) await AnnotateAsync(inbox, name, new string('x', name.Length));
        Assert.Equal(["/shared/a"], await NamesAsync(AnnotationDepth.Entry));
        Assert.Equal(["/shared/a", "/shared/a/b"], await NamesAsync(AnnotationDepth.Children));
        Assert.Equal(["/shared/a", "/shared/a/b", "/shared/a/b/c"], await NamesAsync(AnnotationDepth.All));
        var small = await Store.Annotations.ReadAsync(inbox, account, new AnnotationQuery(["/shared/a"], AnnotationDepth.All, MaxOctets: 11), default);
        Assert.Equal([(9, true), (11, true), (13, false)], small.Select(one => (one.Octets, one.Value is not null)));

        async Task<IEnumerable<string>> NamesAsync(AnnotationDepth depth) =>
            (await Store.Annotations.ReadAsync(inbox, account, new AnnotationQuery(["/shared/a"], depth), default)).Select(one => one.Name);
    }

    // RFC 5464 §4.1.
    [Fact]
    public async Task Annotations_follow_a_mailbox_and_go_with_it()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var work = await Store.CreateMailboxAsync(account, "Travail/Clients", MailboxRole.None, default);
        await AnnotateAsync(PlaceOf(work), Comment, "clients");
        await AnnotateAsync(PlaceOf(inbox), Comment, "boîte");
        await Store.RenameMailboxAsync(account, "Travail", "Bureau", default);
        Assert.Equal(["/shared/comment=clients"], await AnnotationsAsync(PlaceOf(await MailboxAsync(account, "Bureau/Clients"))));
        await Store.RenameMailboxAsync(account, "INBOX", "Avant", default);
        Assert.Equal(["/shared/comment=boîte"], await AnnotationsAsync(PlaceOf(await MailboxAsync(account, "Avant"))));
        Assert.Equal(["/shared/comment=boîte"], await AnnotationsAsync(PlaceOf(inbox)));
        await Store.DeleteMailboxAsync(work.Id, default);
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(() => AnnotateAsync(PlaceOf(work), Comment, "trop tard")));
        Assert.Empty(await AnnotationsAsync(PlaceOf(await Store.CreateMailboxAsync(account, "Bureau/Clients", MailboxRole.None, default))));

        // A name that only stands above others has annotations too, and keeps them when it becomes a mailbox.
        await Store.DeleteMailboxAsync((await MailboxAsync(account, "Bureau")).Id, default);
        var above = await MailboxAsync(account, "Bureau");
        Assert.False(above.Selectable);
        await AnnotateAsync(PlaceOf(above), Comment, "au-dessus");
        Assert.Equal(["/shared/comment=au-dessus"], await AnnotationsAsync(PlaceOf(await Store.CreateMailboxAsync(account, "Bureau", MailboxRole.None, default))));
    }

    [Fact]
    public async Task Annotations_of_other_accounts_cannot_be_reached()
    {
        var (ada, bob) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var inbox = await InboxAsync(bob);
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(() => AnnotateAsync(new AnnotationPlace(ada, inbox.Id), Comment, "à moi")));
        Assert.Empty(await AnnotationsAsync(new AnnotationPlace(ada, inbox.Id)));
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task Annotations_have_limits_and_a_refusal_changes_nothing()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = PlaceOf(await InboxAsync(account));
        await AnnotateAsync(inbox, "/shared/longest", new string('x', AnnotationStore.MaxValueOctets));
        Assert.Equal(StoreRefusal.AnnotationTooLarge, await RefusedAsync(() => AnnotateAsync(inbox, "/shared/longest", new string('x', AnnotationStore.MaxValueOctets + 1))));
        var many = Enumerable.Range(0, AnnotationStore.MaxEntries).Select(n => new AnnotationChange($"/shared/n{n}", "1"u8.ToArray())).ToList();
        Assert.Equal(StoreRefusal.TooManyAnnotations, await RefusedAsync(() => Store.Annotations.WriteAsync(new AnnotationWrite(inbox, account, many), default).AsTask()));
        Assert.Single(await AnnotationsAsync(inbox));
        many[0] = new AnnotationChange("/shared/longest", null); // one goes as another comes
        await Store.Annotations.WriteAsync(new AnnotationWrite(inbox, account, [.. many, new AnnotationChange("/shared/n0", "2"u8.ToArray())]), default);
        Assert.Equal(StoreRefusal.TooManyAnnotations, await RefusedAsync(() => AnnotateAsync(inbox, "/shared/one", "more")));
        await AnnotateAsync(inbox, "/private/one", "more"); // counted apart
        await AnnotateAsync(inbox, "/shared/n1", "another value");

        var full = (await AddAccountAsync("bob@demo.test", quota: 1)).Id;
        var place = new AnnotationPlace(full, null);
        await AnnotateAsync(place, Comment, "there is room");
        await Store.Directory.UpdateAccountAsync((await Store.Directory.GetAccountAsync(full, default))! with { QuotaOctets = 0 }, default);
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(() => AnnotateAsync(place, Comment, "there is none any more")));
        await AnnotateAsync(place, Comment, "less");
        await AnnotateAsync(place, Comment, null);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task Annotations_of_an_account_have_a_limit()
    {
        var account = (await AddAccountAsync()).Id;
        var value = new byte[AnnotationStore.MaxValueOctets];
        var perMailbox = AnnotationStore.MaxEntries;
        var left = AnnotationStore.MaxOctetsOfAccount / value.Length;
        for (var n = 0; left > 0; n++)
        {
            var mailbox = await Store.CreateMailboxAsync(account, $"m{n}", MailboxRole.None, default);
            var changes = Enumerable.Range(0, (int)Math.Min(left, perMailbox)).Select(i => new AnnotationChange($"/shared/n{i}", value)).ToList();
            await Store.Annotations.WriteAsync(new AnnotationWrite(PlaceOf(mailbox), account, changes), default);
            left -= changes.Count;
        }
        var inbox = PlaceOf(await InboxAsync(account));
        Assert.Equal(StoreRefusal.TooManyAnnotations, await RefusedAsync(() => AnnotateAsync(inbox, Comment, "x")));
        await AnnotateAsync(PlaceOf(await MailboxAsync(account, "m0")), "/shared/n0", null);
        await AnnotateAsync(inbox, Comment, "x");
    }

    // RFC 6154 §4: one mailbox of an account has a use.
    [Fact]
    public async Task A_use_goes_from_one_mailbox_to_another_with_the_annotations()
    {
        var account = (await AddAccountAsync()).Id;
        var (old, work) = (await MailboxAsync(account, "Archive"), await Store.CreateMailboxAsync(account, "Neuf", MailboxRole.None, default));
        var write = new AnnotationWrite(PlaceOf(work), account, [new AnnotationChange(Comment, "x"u8.ToArray())]) { Role = MailboxRole.Archive };
        await Store.Annotations.WriteAsync(write, default);
        Assert.Equal((MailboxRole.None, MailboxRole.Archive), ((await RefreshAsync(old)).Role, (await RefreshAsync(work)).Role));
        Assert.Equal(["/shared/comment=x"], await AnnotationsAsync(PlaceOf(work)));
        await Store.Annotations.WriteAsync(write with { Role = MailboxRole.None, Changes = [] }, default);
        Assert.Equal(MailboxRole.None, (await RefreshAsync(work)).Role);
        var inbox = write with { Place = PlaceOf(await InboxAsync(account)), Changes = [new AnnotationChange(Comment, null)] };
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(() => Store.Annotations.WriteAsync(inbox with { Role = MailboxRole.Sent }, default).AsTask()));
    }

    [Fact]
    public async Task Changes_of_annotations_are_told_before_the_answer()
    {
        var account = (await AddAccountAsync()).Id;
        var place = new AnnotationPlace(account, null);
        var told = new List<AnnotationsChanged>();
        Store.Annotations.Changed += told.Add;
        await AnnotateAsync(place, Comment, "x");
        var changed = Assert.Single(told);
        Assert.Equal((place, account, Comment), (changed.Place, changed.Person, Assert.Single(changed.Names)));
    }

    [Fact]
    public async Task Annotations_go_with_their_account_and_with_their_person()
    {
        var (ada, bob) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var inbox = PlaceOf(await InboxAsync(ada));
        await AnnotateAsync(inbox, "/private/comment", "of bob", bob);
        await AnnotateAsync(PlaceOf(await InboxAsync(bob)), Comment, "x");
        await Store.Directory.RemoveAccountAsync(bob, default);
        await PurgeAsync();
        Assert.Empty(await AnnotationsAsync(inbox, bob));
    }
}
