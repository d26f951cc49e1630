using System.Text;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Search_finds_folded_substrings_of_bodies_and_header_fields()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        await AddAsync(inbox, Message("Éléphant", "rien ici"));
        await AddAsync(inbox, Message("Bonjour", "Un éléphant, ça trompe."));
        await AddAsync(inbox, Encoding.ASCII.GetBytes(
            "From: x@demo.test\r\nSubject: codé\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Convert.ToBase64String(Encoding.UTF8.GetBytes("Deux ÉLÉPHANTS"), Base64FormattingOptions.InsertLineBreaks) + "\r\n"));
        var needle = FoldedText.Fold("Elephant");
        Assert.Equal([2u, 3u], await SearchAsync(inbox.Id, needle, withHeaders: false));
        Assert.Equal([1u, 2u, 3u], await SearchAsync(inbox.Id, needle, withHeaders: true));
        Assert.Empty(await SearchAsync(inbox.Id, "girafe", withHeaders: true));
        await RestartAsync();
        await AddAsync(inbox, Message(body: "encore un elephant"));
        Assert.Equal([2u, 3u, 4u], await SearchAsync(inbox.Id, needle, withHeaders: false));
        Assert.Equal(4, (await SearchAsync(inbox.Id, "", withHeaders: false)).Count);

        // Only what is in the mailbox, wherever its text was written first.
        var archive = (await Store.FindMailboxAsync(account.Id, "Archive", default))!;
        await Store.MoveAsync(inbox.Id, [new(2, 3)], archive.Id, default);
        Assert.Equal([4u], await SearchAsync(inbox.Id, needle, withHeaders: false));
        Assert.Equal([1u, 2u], await SearchAsync(archive.Id, needle, withHeaders: false));
    }

    [Fact]
    public async Task Search_looks_at_each_message_alone()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 200; i++) await AddAsync(inbox, Message("sujet", i % 7 == 3 ? "alpha beta" : i % 7 == 4 ? "alpha" : "beta"));
        var expected = Enumerable.Range(0, 200).Where(i => i % 7 == 3).Select(i => (uint)i + 1);
        Assert.Equal(expected, await SearchAsync(inbox.Id, "alpha beta", withHeaders: false));
        Assert.Equal(Enumerable.Range(0, 200).Where(i => i % 7 is 3 or 4).Select(i => (uint)i + 1), await SearchAsync(inbox.Id, "alpha", withHeaders: false));
    }

    private async Task<List<uint>> SearchAsync(MailboxId mailbox, string needle, bool withHeaders) =>
        (await Store.SearchTextAsync(mailbox, needle, withHeaders, default)).Select(uid => uid.Value).ToList();
}
