using System.Net;
using System.Text;
using Facteur.Storage;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>State changes over an event source (RFC 8620 §7.1, §7.3; RFC 8621 §1.5).</summary>
public sealed class EventSourceTests : IAsyncLifetime
{
    private const string All = "?types=*&closeafter=no&ping=0";
    private WebFixture web = null!;

    public async ValueTask InitializeAsync() => web = await WebFixture.CreateAsync();

    public ValueTask DisposeAsync() => web.DisposeAsync();

    [Fact]
    public async Task A_delivery_is_told_with_the_states_that_get_would_answer()
    {
        var program = JmapHttp.With(web);
        using var events = await EventReader.OpenAsync(program, All);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (events.Response.StatusCode, events.Response.Content.Headers.ContentType!.ToString()));
        Assert.NotNull((await events.NextAsync())!.Id);
        await DeliverAsync();
        var told = await events.NextStateAsync();
        var account = await program.AccountAsync();
        Assert.Equal("StateChange", told.Json.GetProperty("@type").GetString());
        var changed = told.Json.GetProperty("changed").GetProperty(account);
        var states = await program.CallAsync($$"""[["Email/get",{"accountId":"{{account}}","ids":[]},"a"],["Thread/get",{"accountId":"{{account}}","ids":[]},"b"],["Mailbox/get",{"accountId":"{{account}}","ids":[]},"c"]]""");
        Assert.Equal(states[0][1].GetProperty("state").GetString(), changed.GetProperty("Email").GetString());
        Assert.Equal(states[1][1].GetProperty("state").GetString(), changed.GetProperty("Thread").GetString());
        Assert.Equal(states[2][1].GetProperty("state").GetString(), changed.GetProperty("Mailbox").GetString());
        Assert.Equal(changed.GetProperty("Email").GetString(), changed.GetProperty("EmailDelivery").GetString());
    }

    [Fact]
    public async Task A_flag_is_no_delivery_and_only_types_asked_for_are_told()
    {
        var program = JmapHttp.With(web);
        using var deliveries = await EventReader.OpenAsync(program, "?types=EmailDelivery,CalendarEvent&closeafter=no&ping=0");
        using var emails = await EventReader.OpenAsync(program, "?types=Email&closeafter=no&ping=0");
        await deliveries.NextAsync();
        await emails.NextAsync();
        var inbox = await DeliverAsync();
        Assert.Equal(["EmailDelivery"], Types(await deliveries.NextStateAsync()));
        Assert.Equal(["Email"], Types(await emails.NextStateAsync()));
        web.Clock.Advance(TimeSpan.FromSeconds(1));
        await web.Store.StoreFlagsAsync(inbox, [UidRange.All], FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        Assert.Equal(["Email"], Types(await emails.NextStateAsync()));
        web.Clock.Advance(TimeSpan.FromSeconds(1));
        await DeliverAsync();
        var second = await deliveries.NextStateAsync();
        Assert.Equal(["EmailDelivery"], Types(second));
    }

    [Fact]
    public async Task What_happens_while_a_client_is_away_is_told_when_it_comes_again()
    {
        var program = JmapHttp.With(web);
        string id;
        using (var first = await EventReader.OpenAsync(program, All))
        {
            id = (await first.NextAsync())!.Id!;
            var inbox = await DeliverAsync();
            id = (await first.NextStateAsync()).Id!;
            first.Dispose();
            await web.Store.StoreFlagsAsync(inbox, [UidRange.All], FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        }
        using (var again = await EventReader.OpenAsync(program, All, ("Last-Event-ID", id)))
        {
            var missed = await again.NextStateAsync();
            Assert.Equal(["Email", "Mailbox", "Thread"], Types(missed).Order());
            id = missed.Id!;
        }
        await DeliverAsync();
        using (var third = await EventReader.OpenAsync(program, All, ("Last-Event-ID", id)))
        {
            var missed = await third.NextStateAsync();
            Assert.Contains("EmailDelivery", Types(missed));
            id = missed.Id!;
        }
        // Who missed nothing is told nothing, until something happens.
        using var last = await EventReader.OpenAsync(program, All + "&x=1", ("Last-Event-ID", id));
        await last.NextAsync();
        await DeliverAsync();
        Assert.NotEqual(id, (await last.NextStateAsync()).Id);
        // An id that is not ours is that of a client that knows nothing.
        using var stranger = await EventReader.OpenAsync(program, All, ("Last-Event-ID", "what is this"));
        Assert.Contains("EmailDelivery", Types(await stranger.NextStateAsync()));
    }

    [Fact]
    public async Task Pings_come_when_nothing_else_does_and_say_how_often()
    {
        using var events = await EventReader.OpenAsync(JmapHttp.With(web), "?types=Email&closeafter=no&ping=5");
        await events.NextAsync();
        await UntilAsync(() => web.Clock.ArmedTimers > 0);
        StreamEvent? ping = null;
        var next = events.NextAsync();
        while (!next.IsCompleted)
        {
            web.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
        ping = await next;
        // Not as often as was asked for.
        Assert.Equal(("ping", null, """{"interval":20}"""), (ping!.Name, ping.Id, ping.Data));
    }

    [Fact]
    public async Task A_stream_ends_after_one_state_when_asked_to()
    {
        using var events = await EventReader.OpenAsync(JmapHttp.With(web), "?types=*&closeafter=state&ping=300");
        await events.NextAsync();
        await DeliverAsync();
        await events.NextStateAsync();
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task A_stream_ends_with_the_login_and_with_its_time()
    {
        using var events = await EventReader.OpenAsync(JmapHttp.With(web), All);
        using var others = await EventReader.OpenAsync(JmapHttp.With(web, "ami@demo.test", "rivière-17-lune"), All);
        await events.NextAsync();
        await others.NextAsync();
        await web.Services.Accounts.SetPasswordAsync("moi@demo.test", "autre-mot-de-passe", default);
        Assert.Null(await events.NextAsync());
        var end = others.NextAsync();
        while (!end.IsCompleted)
        {
            web.Clock.Advance(TimeSpan.FromMinutes(4));
            await Task.Yield();
            if (end.IsCompleted && await end is { Name: null } comment) end = others.NextAsync();
        }
        Assert.Null(await end);
    }

    [Theory]
    [InlineData("?types=*&closeafter=maybe&ping=0")]
    [InlineData("?types=*&closeafter=no&ping=-1")]
    [InlineData("?types=*&closeafter=no&ping=often")]
    public async Task What_is_no_event_source_is_refused(string query)
    {
        using var events = await EventReader.OpenAsync(JmapHttp.With(web), query);
        Assert.Equal(HttpStatusCode.BadRequest, events.Response.StatusCode);
    }

    [Fact]
    public async Task A_stranger_hears_nothing_and_nobody_hears_of_others()
    {
        using var stranger = await EventReader.OpenAsync(new JmapHttp(web, null), All);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.Response.StatusCode);
        var ami = JmapHttp.With(web, "ami@demo.test", "rivière-17-lune");
        using var events = await EventReader.OpenAsync(ami, All);
        await events.NextAsync();
        await DeliverAsync();
        await DeliverAsync("ami@demo.test");
        Assert.Equal([await ami.AccountAsync()], (await events.NextStateAsync()).Json.GetProperty("changed").EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public async Task A_shared_account_is_heard_of_from_when_it_is_shared_until_it_is_not()
    {
        var domain = (await web.Store.Directory.FindDomainAsync("demo.test", default))!;
        var shared = await web.Store.Directory.AddAccountAsync(domain.Id, "info@demo.test", "Info", AccountKind.Shared, default);
        var id = Facteur.Jmap.JmapIds.Of(shared.Id);
        // Of mail: the member's own account tells by other types that it may use another (SharingTests).
        using var events = await EventReader.OpenAsync(JmapHttp.With(web), "?types=Email,EmailDelivery,Mailbox,Thread&closeafter=no&ping=0");
        await events.NextAsync();
        await web.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, web.Moi.Id, ShareRights.Read), default);
        Assert.Equal([id], (await events.NextStateAsync()).Json.GetProperty("changed").EnumerateObject().Select(one => one.Name));
        web.Clock.Advance(TimeSpan.FromSeconds(1));
        await DeliverAsync("info@demo.test");
        Assert.Equal([id], (await events.NextStateAsync()).Json.GetProperty("changed").EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public async Task Many_changes_at_once_are_few_events_and_the_last_is_the_state()
    {
        var program = JmapHttp.With(web);
        using var events = await EventReader.OpenAsync(program, All);
        await events.NextAsync();
        for (var i = 0; i < 50; i++) await DeliverAsync();
        var account = await program.AccountAsync();
        var state = (await program.CallAsync($$"""[["Email/get",{"accountId":"{{account}}","ids":[]},"a"]]"""))[0][1].GetProperty("state").GetString();
        var count = 0;
        StreamEvent told;
        do
        {
            var next = events.NextStateAsync();
            while (!next.IsCompleted)
            {
                web.Clock.Advance(TimeSpan.FromMilliseconds(20));
                await Task.Yield();
            }
            told = await next;
            count++;
        }
        while (told.Json.GetProperty("changed").GetProperty(account).GetProperty("Email").GetString() != state);
        Assert.InRange(count, 1, 50);
    }

    [Fact]
    public async Task A_contact_is_told_to_its_owner_and_changes_no_mail()
    {
        var program = JmapHttp.With(web);
        using var told = await EventReader.OpenAsync(program, "?types=ContactCard,Email&closeafter=no&ping=0");
        await told.NextAsync();
        await web.Services.Contacts.AddAsync(web.Moi.Id, new Facteur.Accounts.Contacts.ContactFields { Given = "Zoé" }, default);
        var change = await told.NextStateAsync();
        Assert.Equal(["ContactCard"], Types(change));
        var state = (await web.Store.Contacts.StateAsync(web.Moi.Id, default)).Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(state, change.Json.GetProperty("changed").EnumerateObject().Single().Value.GetProperty("ContactCard").GetString());
    }

    [Fact]
    public async Task A_user_has_so_many_streams()
    {
        var program = JmapHttp.With(web);
        var open = new List<EventReader>();
        for (var i = 0; i < 64; i++) open.Add(await EventReader.OpenAsync(program, All));
        Assert.All(open, one => Assert.Equal(HttpStatusCode.OK, one.Response.StatusCode));
        using (var refused = await EventReader.OpenAsync(program, All)) Assert.Equal(HttpStatusCode.TooManyRequests, refused.Response.StatusCode);
        foreach (var one in open) one.Dispose();
        HttpStatusCode status;
        do
        {
            using var again = await EventReader.OpenAsync(program, All);
            status = again.Response.StatusCode;
        }
        while (status != HttpStatusCode.OK);
    }

    private static IEnumerable<string> Types(StreamEvent told) => told.Json.GetProperty("changed").EnumerateObject().Single().Value.EnumerateObject().Select(one => one.Name).Where(name => name is not ("Quota" or "EmailSubmission"));

    private async Task<MailboxId> DeliverAsync(string to = "moi@demo.test")
    {
        var account = (await web.Store.Directory.FindAccountAsync(to, default))!;
        var inbox = (await web.Store.FindMailboxAsync(account.Id, "INBOX", default))!;
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nhello\r\n"), default);
        await intake.CompleteAsync(default);
        await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, web.Clock.GetUtcNow())])], default);
        return inbox.Id;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Yield();
    }
}
