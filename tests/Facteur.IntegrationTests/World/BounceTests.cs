using System.Text.Json;

namespace Facteur.IntegrationTests.World;

/// <summary>What could not be delivered comes back readable, whichever side noticed it and when.</summary>
public sealed class BounceTests(MailWorld world) : WorldTests(world)
{
    private const string Verbatim = "550 5.1.1 <nobody@p.test>: Recipient address rejected: User unknown in virtual mailbox table";

    [Theory]
    [InlineData(MailWorld.Alice, "n'a pas pu être remis à cette adresse", "Cette adresse n'existe pas dans ce domaine.", "Le serveur mail.p.test a répondu : ")]
    [InlineData(MailWorld.Ann, "could not be delivered to this address", "There is no such address at this domain.", "The server mail.p.test answered: ")]
    public async Task A_refusal_of_Postfix_is_told_in_the_language_of_the_sender(string sender, string said, string why, string answered)
    {
        var subject = MailWorld.Subject("pour personne");
        var sent = await World.A.SendAsync(sender, "nobody@p.test", subject, "Y a-t-il quelqu'un ?");
        await World.A.WaitAttemptAsync(sent, "p.test", "0 delivered, 0 wait, 1 failed");
        var text = await World.A.WaitTextAsync(sender, subject);
        foreach (var part in (string[])[said, why, answered + Verbatim, subject, "nobody@p.test"]) Assert.Contains(part, text, StringComparison.Ordinal);
        var row = Assert.Single(await World.A.TraceAsync(sent, "Failed"));
        Assert.Contains(Verbatim, Detail(row, "answer"), StringComparison.Ordinal);
        Assert.Single(await World.A.TraceAsync(sent, "Reported"));
    }

    [Fact]
    public async Task Postfix_tells_its_user_what_Facteur_answered()
    {
        var subject = MailWorld.Subject("to nobody");
        await World.Postfix.SendAsync(MailWorld.Paul, "nobody@a.test", subject, "Is anybody there?");
        var bounce = await World.Postfix.WaitMessageAsync("paul", subject);
        Assert.Contains("Undelivered Mail Returned to Sender", bounce, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; nobody@a.test", bounce, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1", bounce, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bounce_that_comes_after_delivery_stands_beside_the_sent_message()
    {
        var subject = MailWorld.Subject("accepted, then not");
        var sent = await World.A.SendAsync(MailWorld.Ann, MailWorld.Late, subject, "You are no longer here.");
        await World.A.WaitAttemptAsync(sent, "p.test", "1 delivered");
        var bounce = await World.A.WaitMessageAsync(MailWorld.Ann, subject);
        Assert.Contains("This is the mail system at host mail.p.test.", bounce, StringComparison.Ordinal);
        var row = Assert.Single(await World.A.TraceAsync(sent, "ReportReceived"));
        Assert.Equal(MailWorld.Late, row.GetProperty("recipient").GetString());
        Assert.Equal("failed", Detail(row, "action"));
        Assert.Equal("5.1.1", Detail(row, "status"));
        Assert.Contains("550 5.1.1", Detail(row, "answer"), StringComparison.Ordinal);
        var life = (await World.A.AskAsync("trace", sent)).EnumerateArray().First(one => one.GetProperty("transaction").GetString() == sent);
        Assert.Equal("Failed", life.GetProperty("outcome").GetString());
    }

    private static string Detail(JsonElement row, string name) => row.GetProperty("detail").GetProperty(name).GetString()!;
}
