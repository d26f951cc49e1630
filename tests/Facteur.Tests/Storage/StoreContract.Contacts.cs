using System.Text;
using Facteur.Storage;
using Facteur.Storage.Contacts;

namespace Facteur.Tests.Storage;

// Address books: an account's own, with a state that says what changed.
public abstract partial class StoreContract
{
    private static ContactDraft Card(string uid, string name, params string[] emails) => new(uid, name, emails, "", Encoding.UTF8.GetBytes($$"""{"uid":"{{uid}}","name":"{{name}}"}"""));

    private async Task<ContactId> AddCardAsync(AccountId account, ContactDraft draft) => Assert.Single(await Store.Contacts.AddAsync(account, [draft], default)).Id;

    private async Task<List<string>> NamesAsync(AccountId account, string search = "", int skip = 0, int max = 100) =>
        [.. (await Store.Contacts.PageAsync(account, new ContactListing(search, skip, max), default)).Lines.Select(line => line.Name)];

    [Fact]
    public async Task A_card_is_there_after_a_restart_as_it_was_given()
    {
        var account = (await AddAccountAsync()).Id;
        var draft = Card("u1", "Élodie Martin", "elodie@far.test", "em@far.test");
        var id = await AddCardAsync(account, draft);
        await RestartAsync();
        var found = (await Store.Contacts.FindAsync(account, id, default))!;
        Assert.Equal(("u1", "Élodie Martin"), (found.Uid, found.Name));
        Assert.Equal(draft.Emails, found.Emails);
        Assert.Equal(draft.Card.ToArray(), found.Card.ToArray());
        Assert.Equal(id, (await Store.Contacts.FindAsync(account, "u1", default))!.Id);
        Assert.Equal(1, await Store.Contacts.CountAsync(account, default));
    }

    [Fact]
    public async Task A_list_is_by_name_and_searched_without_accents()
    {
        var account = (await AddAccountAsync()).Id;
        await Store.Contacts.AddAsync(account, [Card("1", "zoé"), Card("2", "Élodie", "e@far.test"), Card("3", "Eve"), Card("4", "adam") with { Words = "Société Générale" }], default);
        Assert.Equal(["adam", "Élodie", "Eve", "zoé"], await NamesAsync(account));
        Assert.Equal(["Élodie", "Eve"], await NamesAsync(account, skip: 1, max: 2));
        Assert.Equal(["Élodie"], await NamesAsync(account, "ELODIE"));
        Assert.Equal(["Élodie"], await NamesAsync(account, "far élo"));
        Assert.Equal(["adam"], await NamesAsync(account, "generale"));
        Assert.Empty(await NamesAsync(account, "nobody"));
        Assert.Equal(4, (await Store.Contacts.PageAsync(account, new ContactListing("", 3, 1), default)).Total);
    }

    [Fact]
    public async Task A_uid_is_of_one_card_of_an_account()
    {
        var (ada, bob) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var first = await AddCardAsync(ada, Card("u", "First"));
        var again = await Store.Contacts.AddAsync(ada, [Card("u", "Second"), Card("v", "V"), Card("v", "V again")], default);
        Assert.Equal((first, false), (again[0].Id, again[0].IsNew));
        Assert.Equal((true, false, again[1].Id), (again[1].IsNew, again[2].IsNew, again[2].Id));
        Assert.Equal(["First", "V"], await NamesAsync(ada));
        Assert.True((await Store.Contacts.AddAsync(bob, [Card("u", "Of Bob")], default))[0].IsNew);
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await Store.Contacts.ReplaceAsync(ada, first, null, Card("v", "x"), default)));
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task No_verb_reaches_the_cards_of_another_account()
    {
        var (ada, bob) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var id = await AddCardAsync(ada, Card("u", "Private"));
        Assert.Null(await Store.Contacts.FindAsync(bob, id, default));
        Assert.Null(await Store.Contacts.FindAsync(bob, "u", default));
        Assert.Empty(await Store.Contacts.ListAsync(bob, default, 10, default));
        Assert.Empty(await NamesAsync(bob));
        Assert.False(await Store.Contacts.ReplaceAsync(bob, id, null, Card("u", "Stolen"), default));
        Assert.Equal(0, await Store.Contacts.RemoveAsync(bob, [id], default));
        Assert.Empty((await Store.Contacts.ChangesSinceAsync(bob, default, default))!.Changed);
        Assert.Equal(["Private"], await NamesAsync(ada));
    }

    [Fact]
    public async Task Changes_of_cards_are_told_one_by_one()
    {
        var account = (await AddAccountAsync()).Id;
        var told = new TaskCompletionSource<AccountChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.AccountChanged += change => told.TrySetResult(change);
        var (a, b) = (await AddCardAsync(account, Card("a", "A")), await AddCardAsync(account, Card("b", "B")));
        Assert.Equal(account, (await told.Task.WaitAsync(TimeSpan.FromSeconds(30))).Account);
        var state = await Store.Contacts.StateAsync(account, default);
        Assert.True(await Store.Contacts.ReplaceAsync(account, a, state with { Value = state.Value - 1 }, Card("a", "A2"), default));
        Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(async () => await Store.Contacts.ReplaceAsync(account, a, state, Card("a", "A3"), default)));
        Assert.Equal(1, await Store.Contacts.RemoveAsync(account, [b, b], default));
        var c = await AddCardAsync(account, Card("c", "C"));
        var changes = (await Store.Contacts.ChangesSinceAsync(account, state, default))!;
        Assert.Equal([a, c], changes.Changed.Select(one => one.Id));
        Assert.Equal([true, false], changes.Changed.Select(one => one.Created.CompareTo(state) <= 0));
        Assert.Equal(b, Assert.Single(changes.Removed).Id);
        Assert.Equal(await Store.Contacts.StateAsync(account, default), changes.State);
        Assert.True(await Store.Contacts.ReplaceAsync(account, a, null, Card("a", "A2"), default));
        Assert.Equal(changes.State, await Store.Contacts.StateAsync(account, default));
        Assert.Null(await Store.Contacts.ChangesSinceAsync(account, new ModSeq(changes.State.Value + 1), default));
    }

    [Fact]
    public async Task Removals_of_cards_are_forgotten_after_a_time()
    {
        var account = (await AddAccountAsync()).Id;
        var state = await Store.Contacts.StateAsync(account, default);
        await Store.Contacts.RemoveAsync(account, [await AddCardAsync(account, Card("a", "A"))], default);
        Time.Advance(TimeSpan.FromDays(400));
        await PurgeAsync();
        Assert.Null(await Store.Contacts.ChangesSinceAsync(account, state, default));
        Assert.Empty((await Store.Contacts.ChangesSinceAsync(account, await Store.Contacts.StateAsync(account, default), default))!.Removed);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task An_address_book_has_a_limit_in_octets_and_a_card_has_one()
    {
        var account = (await AddAccountAsync()).Id;
        Assert.Equal(StoreRefusal.ContactTooLarge, await RefusedAsync(async () => await Store.Contacts.AddAsync(account, [Card("x", "x") with { Card = new byte[ContactStore.MaxCardOctets + 1] }], default)));
        var card = new byte[ContactStore.MaxCardOctets];
        for (var n = 0; n < ContactStore.MaxOctets / card.Length; n += 256)
            await Store.Contacts.AddAsync(account, [.. Enumerable.Range(n, 256).Select(i => Card($"u{i}", "x") with { Card = card })], default);
        Assert.Equal(StoreRefusal.TooManyContacts, await RefusedAsync(async () => await Store.Contacts.AddAsync(account, [Card("more", "x")], default)));
        await Store.Contacts.RemoveAsync(account, [(await Store.Contacts.FindAsync(account, "u0", default))!.Id], default);
        await AddCardAsync(account, Card("more", "x"));
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task An_address_book_has_a_limit_in_cards()
    {
        var account = (await AddAccountAsync()).Id;
        for (var n = 0; n < ContactStore.MaxCards; n += ContactStore.MaxBatch)
            await Store.Contacts.AddAsync(account, [.. Enumerable.Range(n, ContactStore.MaxBatch).Select(i => Card($"u{i}", "x"))], default);
        Assert.Equal(StoreRefusal.TooManyContacts, await RefusedAsync(async () => await Store.Contacts.AddAsync(account, [Card("more", "x")], default)));
        Assert.False((await Store.Contacts.AddAsync(account, [Card("u7", "x")], default))[0].IsNew);
        Assert.Equal(ContactStore.MaxCards, await Store.Contacts.CountAsync(account, default));
    }

    [Fact]
    public async Task Cards_go_with_their_account()
    {
        var (ada, bob) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        await AddCardAsync(ada, Card("u", "Of Ada"));
        await AddCardAsync(bob, Card("u", "Of Bob"));
        await Store.Directory.RemoveAccountAsync(bob, default);
        await PurgeAsync();
        Assert.Empty(await Store.Contacts.ListAsync(bob, default, 10, default));
        Assert.Equal(["Of Ada"], await NamesAsync(ada));
    }
}
