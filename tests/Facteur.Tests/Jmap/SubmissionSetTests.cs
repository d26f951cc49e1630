using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Jmap;

/// <summary>To create an EmailSubmission is to send an email (RFC 8621 §7.5).</summary>
public sealed class SubmissionSetTests
{
    private static string Id(JsonElement created) => created.GetProperty("id").GetString()!;

    private static string Type(JsonElement error) => error.GetProperty("type").GetString()!;

    // RFC 8621 §7.5.1: sent, out of the drafts into the sent ones, in one request with two answers.
    [Fact]
    public async Task The_example_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DraftAsync("""
            From: ada@example.com
            To: jane@example.org
            Subject: x

            body

            """);
        var drafts = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Drafts", default))!;
        var sent = await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "Sent", default) ?? await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, "Sent", MailboxRole.Sent, default);
        var response = await jmap.RequestAsync($$$"""
            [["EmailSubmission/set", {
              "accountId": "{{{jmap.AccountId}}}",
              "create": {
                "k1490": {
                  "identityId": "i0",
                  "emailId": "{{{email}}}",
                  "envelope": {
                    "mailFrom": {"email": "ada@example.com", "parameters": null},
                    "rcptTo": [{"email": "jane@example.org", "parameters": null}]
                  }
                }
              },
              "onSuccessUpdateEmail": {
                "#k1490": {
                  "mailboxIds/{{{Facteur.Jmap.JmapIds.Of(drafts.Id)}}}": null,
                  "mailboxIds/{{{Facteur.Jmap.JmapIds.Of(sent.Id)}}}": true,
                  "keywords/$draft": null
                }
              }
            }, "0"]]
            """);
        var answers = response.GetProperty("methodResponses");
        Assert.Equal(["EmailSubmission/set", "Email/set"], answers.EnumerateArray().Select(answer => answer[0].GetString()));
        Assert.All(answers.EnumerateArray(), answer => Assert.Equal("0", answer[2].GetString()));
        var set = answers[0][1];
        Assert.NotEqual(set.GetProperty("oldState").GetString(), set.GetProperty("newState").GetString());
        Assert.StartsWith("s", Id(set.GetProperty("created").GetProperty("k1490")), StringComparison.Ordinal);
        Assert.Equal($$"""{"{{email}}":null}""", answers[1][1].GetProperty("updated").GetRawText());
        Assert.True(Facteur.Jmap.JmapIds.TryRead(email, out EmailId stored));
        Assert.True((await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).TryFind(stored, out var row));
        Assert.Equal((sent.Id, 1, MessageFlags.Seen), (row.First.Mailbox, row.PlaceCount, row.SystemFlags));
    }

    // RFC 8621 §7.5.1, its second half: without the right to send there is an answer for the person, and nothing else.
    [Fact]
    public async Task Who_may_not_send_is_told_so_and_nothing_follows()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Store.Settings.SetAsync(SettingScope.Of(jmap.Ada.Id), "limits", """{"messagesPerDay": 0, "recipientsPerDay": 0}"""u8.ToArray(), default);
        var email = await jmap.DraftAsync();
        await jmap.AddAsync("bob@example.com");
        await jmap.AddAsync("secret@example.com");
        var response = await jmap.RequestAsync($$$"""
            [["EmailSubmission/set", {"accountId": "{{{jmap.AccountId}}}", "create": {"k1490": {"identityId": "i0", "emailId": "{{{email}}}"}}, "onSuccessDestroyEmail": ["#k1490"]}, "0"]]
            """);
        var answer = Assert.Single(response.GetProperty("methodResponses").EnumerateArray());
        var error = answer[1].GetProperty("notCreated").GetProperty("k1490");
        Assert.Equal(("forbiddenToSend", "this account may not send to other hosts"), (Type(error), error.GetProperty("description").GetString()));
        Assert.Equal(answer[1].GetProperty("oldState").GetString(), answer[1].GetProperty("newState").GetString());
        Assert.Empty(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
    }

    [Fact]
    public async Task One_commit_takes_the_message_to_mailboxes_and_queue_without_its_blind_copies()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var (bob, secret) = (await jmap.AddAsync("bob@example.com"), await jmap.AddAsync("secret@example.com"));
        var email = await jmap.DraftAsync();
        var created = await jmap.SendAsync(email);
        Assert.Equal("final", created.GetProperty("undoStatus").GetString());
        Assert.Equal("2026-03-14T09:26:53Z", created.GetProperty("sendAt").GetString());
        Assert.Equal(
            """{"mailFrom":{"email":"ada@example.com","parameters":null},"rcptTo":[{"email":"jane@example.org","parameters":null},{"email":"bob@example.com","parameters":null},{"email":"carl@example.org","parameters":null},{"email":"secret@example.com","parameters":null}]}""",
            created.GetProperty("envelope").GetRawText());
        var message = Assert.Single(await jmap.MessagesAsync(bob.Id));
        Assert.Equal(message, Assert.Single(await jmap.MessagesAsync(secret.Id)));
        Assert.Matches(
            @"^Return-Path: <ada@example\.com>\r\nReceived: by mail\.example\.com with HTTP id \w+-1;\r\n\tSat, 14 Mar 2026 09:26:53 \+0000\r\nFrom: Ada Lovelace <ada@example\.com>\r\nTo: jane@example\.org\r\n"
            + @"Cc: Bob <bob@example\.com>\r\nSubject: Hello\r\n[^\n]*\r\n[^\n]*\r\n[^\n]*\r\n[^\n]*\r\n\r\nGood morning\.\r\n", message);
        var queue = (await jmap.QueueAsync(Id(created)))!.Value;
        var queued = (await jmap.Store.Queue.FindAsync(queue, default))!;
        Assert.Equal(("ada@example.com", jmap.Ada.Id, "hello@example.com"), (queued.Sender, queued.Account, queued.MessageId));
        Assert.StartsWith("Received: by", await jmap.SentAsync(queued), StringComparison.Ordinal);
        Assert.DoesNotContain("Bcc", await jmap.SentAsync(queued), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["carl@example.org", "jane@example.org"], (await jmap.Store.Queue.RecipientsAsync(queue, default)).Select(one => one.Address).Order());
        var rows = await jmap.Store.Trace.FindAsync(new TraceQuery { Account = jmap.Ada.Id }, 20, default);
        Assert.Contains(rows, row => row.Kind == TraceKind.Accepted);
        Assert.Equal(2, rows.Count(row => row.Kind == TraceKind.Queued && row.Queue == queue));

        // The draft is what it was, with its Bcc.
        Assert.Contains("Bcc:", Assert.Single(await jmap.MessagesAsync(jmap.Ada.Id, "Drafts")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_is_signed_and_completed()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Services.Delivery!.Keys.EnsureAsync((await jmap.Store.Directory.FindDomainAsync("example.com", default))!, default);
        var email = await jmap.DraftAsync("From: ada@example.com\nTo: jane@example.org\n\nline\rone\n");
        var created = await jmap.SendAsync(email);
        var sent = await jmap.SentAsync((await jmap.Store.Queue.FindAsync((await jmap.QueueAsync(Id(created)))!.Value, default))!);
        Assert.Matches(@"^DKIM-Signature: v=1;", sent);
        Assert.Matches(@"From: ada@example\.com\r\nTo: jane@example\.org\r\nDate: Sat, 14 Mar 2026 09:26:53 \+0000\r\nMessage-ID: <[^>]+@mail\.example\.com>\r\n\r\nline\r\none\r\n$", sent);
    }

    [Fact]
    public async Task An_envelope_names_recipients_and_asks_for_reports()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DraftAsync();
        var created = await jmap.SendAsync(email, """
            , "envelope": {
              "mailFrom": {"email": "ada+list@example.com", "parameters": {"ENVID": "QQ 1", "ret": "HDRS", "BODY": "8BITMIME", "REQUIRETLS": null}},
              "rcptTo": [
                {"email": "jane@example.org", "parameters": {"NOTIFY": "SUCCESS,FAILURE", "ORCPT": "rfc822;Jane@example.org"}},
                {"email": "JANE@EXAMPLE.ORG"}
              ]
            }
            """);
        Assert.False(created.TryGetProperty("envelope", out _));
        var queue = (await jmap.QueueAsync(Id(created)))!.Value;
        var queued = (await jmap.Store.Queue.FindAsync(queue, default))!;
        Assert.Equal(("ada+list@example.com", "QQ 1", Facteur.Mail.DsnReturn.Headers, true), (queued.Sender, queued.EnvelopeId, queued.Return, queued.RequireTls));
        var recipient = Assert.Single(await jmap.Store.Queue.RecipientsAsync(queue, default));
        Assert.Equal((Facteur.Mail.DsnNotify.Success | Facteur.Mail.DsnNotify.Failure, "rfc822;Jane@example.org"), (recipient.Notify, recipient.OriginalRecipient));
        var got = await jmap.SubmissionAsync(Id(created));
        Assert.Equal("QQ 1", got.GetProperty("envelope").GetProperty("mailFrom").GetProperty("parameters").GetProperty("ENVID").GetString());
    }

    [Fact]
    public async Task A_wrong_envelope_is_refused()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.AddAsync("bob@example.com");
        var email = await jmap.DraftAsync();
        foreach (var (envelope, error) in new[]
        {
            ("""{"mailFrom": {"email": "ada@example.com", "parameters": {"MT-PRIORITY": "3"}}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com", "parameters": {"RET": "SOME"}}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com", "parameters": {"HOLDFOR": "5", "HOLDUNTIL": "2026-03-15T00:00:00Z"}}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com", "parameters": {"HOLDFOR": "31536001"}}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com", "parameters": {"HOLDUNTIL": "tomorrow"}}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com", "parameters": ["x"]}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com"}, "rcptTo": [{"email": "jane@example.org", "parameters": {"NOTIFY": "NEVER,DELAY"}}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com"}, "rcptTo": [{"email": "jane@example.org", "parameters": {"COLOR": "red"}}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "nonsense"}, "rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"rcptTo": [{"email": "jane@example.org"}]}""", "invalidProperties"),
            ("""{"mailFrom": {"email": "ada@example.com"}, "rcptTo": []}""", "noRecipients"),
            ("""{"mailFrom": {"email": "bob@example.com"}, "rcptTo": [{"email": "jane@example.org"}]}""", "forbiddenMailFrom"),
            ("""{"mailFrom": {"email": "ada@example.org"}, "rcptTo": [{"email": "jane@example.org"}]}""", "forbiddenMailFrom"),
        })
        {
            var refused = await jmap.RefusedAsync(email, $", \"envelope\": {envelope}");
            Assert.Equal(error, Type(refused));
            if (error == "invalidProperties") Assert.Equal("envelope", refused.GetProperty("properties")[0].GetString());
        }
    }

    [Fact]
    public async Task All_invalid_recipients_are_named()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DraftAsync();
        var nonsense = await jmap.RefusedAsync(email, """, "envelope": {"mailFrom": {"email": "ada@example.com"}, "rcptTo": [{"email": "jane"}, {"email": "jane@example.org"}, {"email": "a b@c"}]}""");
        Assert.Equal(("invalidRecipients", """["jane","a b@c"]"""), (Type(nonsense), nonsense.GetProperty("invalidRecipients").GetRawText()));
        var unknown = await jmap.RefusedAsync(email, """, "envelope": {"mailFrom": {"email": "ada@example.com"}, "rcptTo": [{"email": "nobody@example.com"}, {"email": "jane@example.org"}, {"email": "noone@example.com"}]}""");
        Assert.Equal(("invalidRecipients", """["nobody@example.com","noone@example.com"]"""), (Type(unknown), unknown.GetProperty("invalidRecipients").GetRawText()));
        Assert.Contains("no such user here", unknown.GetProperty("description").GetString(), StringComparison.Ordinal);
        var fromHeader = await jmap.RefusedAsync(await jmap.DraftAsync("From: ada@example.com\nTo: jane\n\nx\n"));
        Assert.Equal(("invalidRecipients", """["jane"]"""), (Type(fromHeader), fromHeader.GetProperty("invalidRecipients").GetRawText()));
        Assert.Empty(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_is_refused()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.AddAsync("bob@example.com");
        foreach (var (message, error, property) in new (string, string, string?)[]
        {
            ("Subject: x\nTo: jane@example.org\n\nx\n", "invalidEmail", "from"),
            ("From: ada@example.com\nFrom: ada@example.com\nTo: jane@example.org\n\nx\n", "invalidEmail", "from"),
            ("From: ada@example.com, ada+x@example.com\nTo: jane@example.org\n\nx\n", "invalidEmail", "from"),
            ("From: ada@example.com\nSender: ada@example.com\nSender: ada@example.com\nTo: jane@example.org\n\nx\n", "invalidEmail", "sender"),
            ("From: bob@example.com\nTo: jane@example.org\n\nx\n", "forbiddenFrom", null),
            ("From: Ada <ada@example.org>\nTo: jane@example.org\n\nx\n", "forbiddenFrom", null),
            ("From: ada@example.com\nSubject: x\n\nx\n", "noRecipients", null),
        })
        {
            var refused = await jmap.RefusedAsync(await jmap.DraftAsync(message));
            Assert.Equal(error, Type(refused));
            if (property is not null) Assert.Equal(property, refused.GetProperty("properties")[0].GetString());
        }
    }

    [Fact]
    public async Task From_is_that_of_the_identity_and_the_senders_own_address_stands_in_where_it_is_not_allowed()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Accounts.AddAddressAsync("ada@example.com", "countess@example.com", null, default);
        await jmap.CallAsync("Identity/set", """{"create": {"k": {"email": "countess@example.com"}}}""");
        var email = await jmap.DraftAsync("From: countess@example.com\nSender: someone@example.org\nTo: jane@example.org\n\nx\n");
        Assert.Equal("forbiddenFrom", Type(await jmap.RefusedAsync(email)));
        var answer = await jmap.CallAsync("EmailSubmission/set", $$$"""{"create": {"k": {"identityId": "i1", "emailId": "{{{email}}}"} } }""");
        Assert.Equal("countess@example.com", answer.GetProperty("created").GetProperty("k").GetProperty("envelope").GetProperty("mailFrom").GetProperty("email").GetString());
    }

    [Fact]
    public async Task Limits_are_told_with_their_numbers()
    {
        await using var jmap = await JmapHarness.StartAsync(new Facteur.Jmap.JmapLimits { MaxRecipients = 3, MaxSizeSubmission = 2_000 });
        await jmap.Store.Settings.SetAsync(SettingScope.Of(jmap.Ada.Id), "limits", """{"recipientsPerDay": 1}"""u8.ToArray(), default);
        var many = await jmap.RefusedAsync(await jmap.DraftAsync());
        Assert.Equal(("tooManyRecipients", 3), (Type(many), many.GetProperty("maxRecipients").GetInt32()));
        var large = await jmap.RefusedAsync(await jmap.DraftAsync($"From: ada@example.com\nTo: jane@example.org\n\n{new string('x', 2_000)}\n"));
        Assert.Equal(("tooLarge", 2_000), (Type(large), large.GetProperty("maxSize").GetInt32()));
        var over = await jmap.RefusedAsync(await jmap.DraftAsync("From: ada@example.com\nTo: jane@example.org, carl@example.org\n\nx\n"));
        Assert.Equal("rateLimit", Type(over));
        Assert.Contains("limit of 1 recipients a day", over.GetProperty("description").GetString(), StringComparison.Ordinal);
        await jmap.SendAsync(await jmap.DraftAsync("From: ada@example.com\nTo: jane@example.org\n\nx\n"));
        Assert.Equal("rateLimit", Type(await jmap.RefusedAsync(await jmap.DraftAsync("From: ada@example.com\nTo: jane@example.org\n\nx\n"))));
    }

    [Fact]
    public async Task What_is_not_there_is_an_invalid_property()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var refused = await jmap.CallAsync("EmailSubmission/set", """{"create": {"k": {"identityId": "i9", "emailId": "e99", "undoStatus": "pending"}}}""");
        var error = refused.GetProperty("notCreated").GetProperty("k");
        Assert.Equal(("invalidProperties", """["undoStatus","identityId","emailId"]"""), (Type(error), error.GetProperty("properties").GetRawText()));
        await jmap.CallAsync("EmailSubmission/set", """{"onSuccessUpdateEmail": {"#k": "x"}}""", error: "invalidArguments");
        await jmap.CallAsync("EmailSubmission/set", """{"color": "red"}""", error: "invalidArguments");
    }

    [Fact]
    public async Task A_full_mailbox_of_ours_keeps_the_message_from_being_sent()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.AddAsync("bob@example.com");
        await jmap.Accounts.SetQuotaAsync("bob@example.com", 10, default);
        var refused = await jmap.RefusedAsync(await jmap.DraftAsync("From: ada@example.com\nTo: bob@example.com, jane@example.org\n\nx\n"));
        Assert.Equal(("invalidRecipients", """["bob@example.com"]"""), (Type(refused), refused.GetProperty("invalidRecipients").GetRawText()));
        Assert.Empty(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
    }

    [Fact]
    public async Task A_draft_that_is_created_in_the_same_request_is_sent_and_destroyed_afterwards()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!;
        var response = await jmap.RequestAsync($$$"""
            [["Email/set", {"accountId": "{{{jmap.AccountId}}}", "create": {"draft": {
               "mailboxIds": {"{{{Facteur.Jmap.JmapIds.Of(inbox.Id)}}}": true}, "keywords": {"$draft": true}, "subject": "Bonjour",
               "from": [{"email": "ada@example.com"}], "to": [{"name": "Jane", "email": "jane@example.org"}],
               "textBody": [{"partId": "t", "type": "text/plain"}], "bodyValues": {"t": {"value": "Un mot."} } } } }, "0"],
             ["EmailSubmission/set", {"accountId": "{{{jmap.AccountId}}}", "create": {"k": {"identityId": "i0", "emailId": "#draft"}}, "onSuccessDestroyEmail": ["#k"]}, "1"]]
            """);
        var answers = response.GetProperty("methodResponses");
        Assert.Equal(["Email/set", "EmailSubmission/set", "Email/set"], answers.EnumerateArray().Select(answer => answer[0].GetString()));
        var created = answers[1][1].GetProperty("created").GetProperty("k");
        var email = answers[0][1].GetProperty("created").GetProperty("draft").GetProperty("id").GetString();
        Assert.Equal($"[\"{email}\"]", answers[2][1].GetProperty("destroyed").GetRawText());
        Assert.Contains("Subject: Bonjour", await jmap.SentAsync((await jmap.Store.Queue.FindAsync((await jmap.QueueAsync(Id(created)))!.Value, default))!), StringComparison.Ordinal);

        // The submission stays, and says which email it was (RFC 8621 §7.5).
        var got = await jmap.SubmissionAsync(Id(created));
        Assert.Equal(email, got.GetProperty("emailId").GetString());
    }

    [Fact]
    public async Task Destroying_a_submission_leaves_its_message_under_way()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var created = await jmap.SendAsync(await jmap.DraftAsync("From: ada@example.com\nTo: jane@example.org\n\nx\n"));
        var queue = (await jmap.QueueAsync(Id(created)))!.Value;
        var answer = await jmap.CallAsync("EmailSubmission/set", $$"""{"destroy": ["{{Id(created)}}", "s99"]}""");
        Assert.Equal($"[\"{Id(created)}\"]", answer.GetProperty("destroyed").GetRawText());
        Assert.Equal("notFound", Type(answer.GetProperty("notDestroyed").GetProperty("s99")));
        Assert.Equal(QueueState.Waiting, Assert.Single(await jmap.Store.Queue.RecipientsAsync(queue, default)).State);
        Assert.Equal($"[\"{Id(created)}\"]", (await jmap.CallAsync("EmailSubmission/get", $$"""{"ids": ["{{Id(created)}}"]}""")).GetProperty("notFound").GetRawText());
    }

    [Fact]
    public async Task Who_may_send_as_a_shared_account_sends_from_it()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var desk = (await jmap.Accounts.AddAccountAsync(new AccountDraft("desk@example.com") { Kind = AccountKind.Shared, DisplayName = "Desk" }, default)).Account;
        await jmap.Accounts.SetShareAsync("desk@example.com", "ada@example.com", ShareRights.All, default);
        var email = Facteur.Jmap.JmapIds.Of(await jmap.DeliverAsync("From: Desk <desk@example.com>\nTo: jane@example.org\n\nx\n", to: desk));
        var answer = await jmap.CallAsync(
            "EmailSubmission/set", $$$"""{"create": {"k": {"identityId": "i0", "emailId": "{{{email}}}"} } }""", account: Facteur.Jmap.JmapIds.Of(desk.Id));
        Assert.Equal(JsonValueKind.Object, answer.GetProperty("created").ValueKind);
        Assert.Equal(jmap.Ada.Id, Assert.Single(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default)).Message.Account);
        Assert.Empty((await jmap.CallAsync("EmailSubmission/get", """{"ids": null}""")).GetProperty("list").EnumerateArray());
    }
}
