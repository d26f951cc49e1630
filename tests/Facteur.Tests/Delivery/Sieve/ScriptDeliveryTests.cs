using Facteur.Accounts;
using Facteur.Delivery.Sieve;
using Facteur.Storage;
using Facteur.Tests.Smtp;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>What scripts of accounts do with mail as it comes in.</summary>
public sealed class ScriptDeliveryTests
{
    [Fact]
    public async Task Without_a_script_and_with_one_that_says_nothing_mail_is_in_the_inbox()
    {
        await using var fixture = await ScriptFixture.CreateAsync();
        await fixture.SendAsync();
        await fixture.ActivateAsync("# nothing");
        await fixture.SendAsync();
        Assert.Equal(["bonjour", "bonjour"], await fixture.InAsync("INBOX"));
        Assert.Equal(["Put into INBOX of moi@demo.test", "Put into INBOX of moi@demo.test"], (await fixture.TraceAsync()).Where(line => line.StartsWith("Put", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_message_is_filed_with_flags_into_a_mailbox_that_is_made()
    {
        await using var fixture = await ScriptFixture.CreateAsync("""
            require ["fileinto", "mailbox", "imap4flags", "copy"];
            if header :contains "subject" "bonjour" {
                addflag "\\Seen";
                fileinto :create "Amis/Claire";
                fileinto :copy :flags ["\\Flagged", "work"] "INBOX";
            }
            """);
        await fixture.SendAsync();
        Assert.Equal([@"bonjour \Seen"], await fixture.InAsync("Amis/Claire"));
        Assert.Equal([@"bonjour \Flagged work"], await fixture.InAsync("INBOX"));
        var rows = await fixture.TraceAsync();
        Assert.Contains("Put into Amis/Claire of moi@demo.test by the filter script “main”, line 4", rows);
        Assert.Contains("Rangé dans Amis/Claire de moi@demo.test par le script de filtrage « main », ligne 4", await fixture.TraceAsync(language: "fr"));
        Assert.Contains(await fixture.Store.ListSubscriptionsAsync((await fixture.AccountAsync()).Id, default), one => one.Name == "Amis/Claire"); // RFC 5490 §3.2
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_loses_nothing()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"fileinto\"; fileinto \"Nowhere\";");
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
        Assert.Contains("Put into INBOX of moi@demo.test by the filter script “main”, line 1, because there is no mailbox Nowhere", await fixture.TraceAsync());
        Assert.Contains("Rangé dans INBOX de moi@demo.test par le script de filtrage « main », ligne 1, car il n’y a pas de dossier Nowhere", await fixture.TraceAsync(language: "fr"));
    }

    [Fact]
    public async Task Mailboxes_are_found_by_id_and_by_use()
    {
        await using var fixture = await ScriptFixture.CreateAsync();
        var made = await fixture.Store.CreateMailboxAsync((await fixture.AccountAsync()).Id, "Ailleurs", MailboxRole.None, default);
        await fixture.ActivateAsync($"require [\"fileinto\", \"mailboxid\", \"special-use\", \"copy\"]; fileinto :copy :mailboxid \"F{made.Id.Value}\" \"x\"; if specialuse_exists \"\\\\Archive\" {{ fileinto :specialuse \"\\\\Archive\" \"y\"; }}");
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("Ailleurs"));
        Assert.Equal(["bonjour"], await fixture.InAsync("Archive"));
        Assert.Empty(await fixture.InAsync("INBOX"));
        await fixture.ActivateAsync("require [\"fileinto\", \"mailbox\", \"special-use\"]; fileinto :create :specialuse \"\\\\Flagged\" \"Étoiles\";");
        await fixture.SendAsync();
        await fixture.SendAsync();
        Assert.Equal(2, (await fixture.InAsync("Étoiles")).Count);
        Assert.Equal(MailboxRole.Flagged, (await fixture.Store.FindMailboxAsync((await fixture.AccountAsync()).Id, "Étoiles", default))!.Role);
    }

    [Fact]
    public async Task A_message_is_thrown_away_and_only_its_trace_stays()
    {
        await using var fixture = await ScriptFixture.CreateAsync("if header \"subject\" \"bonjour\" { discard; }");
        await fixture.SendAsync();
        Assert.Empty(await fixture.InAsync("INBOX"));
        var rows = await fixture.TraceAsync();
        Assert.Equal("Thrown away for moi@demo.test by the filter script “main”, line 1", rows[^1]);
        Assert.StartsWith("Received from", rows[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_recipient_has_a_script_of_its_own_and_all_share_one_message()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"fileinto\", \"mailbox\"]; fileinto :create \"A\";");
        await fixture.ActivateAsync("discard;", "ami@demo.test");
        await fixture.SendAsync(to: "moi@demo.test,ami@demo.test,alias@demo.test");
        Assert.Equal(["bonjour"], await fixture.InAsync("A"));
        Assert.Empty(await fixture.InAsync("INBOX"));
        Assert.Empty(await fixture.InAsync("INBOX", "ami@demo.test"));
    }

    [Fact]
    public async Task Scripts_see_the_fields_of_this_hop_and_the_envelope()
    {
        await using var fixture = await ScriptFixture.CreateAsync("""
            require ["envelope", "subaddress", "fileinto", "mailbox", "variables", "environment"];
            if allof (envelope :detail "to" "liste", envelope "from" "claire@example.org", exists "Received", exists "Authentication-Results", environment :matches "remote-ip" "*") {
                set "ip" "${1}";
                fileinto :create "liste ${ip}";
            }
            """);
        await fixture.SendAsync(to: "moi+liste@demo.test");
        Assert.Equal(["bonjour"], await fixture.InAsync("liste 127.0.0.1"));
    }

    [Fact]
    public async Task What_a_script_changes_is_changed_for_its_account_alone()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"editheader\"]; addheader \"X-Sorted\" \"oui\"; deleteheader \"Date\";");
        await fixture.SendAsync(to: "moi@demo.test,ami@demo.test");
        var mine = Assert.Single(await fixture.ReadAsync("INBOX"));
        var other = Assert.Single(await fixture.ReadAsync("INBOX", "ami@demo.test"));
        Assert.StartsWith("Return-Path: <claire@example.org>\r\nX-Sorted: oui\r\n", mine, StringComparison.Ordinal);
        Assert.DoesNotContain("Date: Sat", mine, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nune ligne\r\n", mine, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Sorted", other, StringComparison.Ordinal);
        Assert.Contains("Date: Sat", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_message_in_two_mailboxes_is_one_email()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"editheader\", \"fileinto\", \"mailbox\", \"copy\"]; addheader \"X-Sorted\" \"oui\"; fileinto :copy :create \"A\"; fileinto :create \"B\"; keep;");
        await fixture.SendAsync();
        foreach (var mailbox in (string[])["A", "B", "INBOX"]) Assert.Contains("X-Sorted: oui", Assert.Single(await fixture.ReadAsync(mailbox)), StringComparison.Ordinal);
        Assert.Equal(1, (await fixture.Store.GetQuotaAsync((await fixture.AccountAsync()).Id, default)).Messages);
    }

    [Fact]
    public async Task An_enclosed_message_has_its_return_path_at_the_top()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"enclose\"]; enclose :subject \"attention\" \"Voici.\";");
        await fixture.SendAsync();
        Assert.Equal(["attention"], await fixture.InAsync("INBOX"));
        Assert.StartsWith("Return-Path: <claire@example.org>\r\n", Assert.Single(await fixture.ReadAsync("INBOX")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_keeps_the_message_and_tells_the_owner_once_a_day()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"fileinto\", \"ihave\"];\nif header \"subject\" \"bonjour\" {\n  fileinto \"A\";\n  error \"assez\";\n}");
        await fixture.SendAsync();
        await fixture.SendAsync();
        Assert.Equal(["bonjour", "Your filter “main” failed", "bonjour"], await fixture.InAsync("INBOX"));
        var rows = await fixture.TraceAsync();
        Assert.Contains("The filter script “main” of moi@demo.test failed at line 4, column 3: assez; the message was kept", rows);
        var notice = (await fixture.ReadAsync("INBOX"))[1];
        Assert.Contains("Auto-Submitted: auto-generated", notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_no_longer_compiles_keeps_the_mail()
    {
        await using var fixture = await ScriptFixture.CreateAsync("keep;");
        // As an older server with more extensions would have left it.
        var scope = SettingScope.Of((await fixture.AccountAsync()).Id);
        var content = (await fixture.Scripts.ListAsync(scope, default)).Active!.Content;
        await fixture.Store.Settings.SetAsync(scope, $"sieve.{content}", "\"require \\\"vnd.gone\\\";\""u8.ToArray(), default);
        await fixture.SendAsync();
        Assert.Contains("bonjour", await fixture.InAsync("INBOX"));
        Assert.Contains("The filter script “main” of moi@demo.test failed at line 1, column 9: the extension \"vnd.gone\" is not supported; the message was kept", await fixture.TraceAsync());
        Assert.Contains("Le script de filtrage « main » de moi@demo.test a échoué ligne 1, colonne 9 : l’extension \"vnd.gone\" n’est pas prise en charge ; le message est gardé", await fixture.TraceAsync(language: "fr"));
    }

    [Fact]
    public async Task Duplicates_are_remembered_once_they_are_stored()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"duplicate\", \"fileinto\", \"mailbox\"]; if duplicate { fileinto :create \"Doubles\"; }");
        await fixture.SendAsync();
        await fixture.SendAsync();
        await fixture.SendAsync(ScriptFixture.Letter.Replace("<m1@", "<m2@", StringComparison.Ordinal));
        Assert.Equal(2, (await fixture.InAsync("INBOX")).Count);
        Assert.Equal(["bonjour"], await fixture.InAsync("Doubles"));
    }

    [Fact]
    public async Task Lists_are_correspondents_and_who_is_blocked()
    {
        await using var fixture = await ScriptFixture.CreateAsync("""
            require ["extlists", "fileinto", "mailbox"];
            if header :list "from" "tag:facteur.email,2026:own" { fileinto :create "moi"; stop; }
            if address :list "from" ":addrbook:default" { fileinto :create "connus"; }
            """);
        await fixture.SendAsync();
        await fixture.Server.Handoff.Services.Policy.Correspondents.NoteSentAsync((await fixture.AccountAsync()).Id, ["claire@example.org"], default);
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
        Assert.Equal(["bonjour"], await fixture.InAsync("connus"));
    }

    [Fact]
    public async Task The_site_has_scripts_before_and_behind_those_of_accounts()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"fileinto\", \"mailbox\", \"imap4flags\"]; if hasflag \"site\" { fileinto :create \"Mien\"; }");
        await fixture.ActivateAsync("require [\"imap4flags\", \"editheader\"]; addflag \"site\"; addheader \"X-Site\" \"vu\";", "site", "first");
        await fixture.ActivateAsync("require [\"fileinto\", \"mailbox\"]; fileinto :create \"Last\";", "site", "last");
        await fixture.SettingAsync(new ScriptSetting("first", "last"));
        await fixture.SendAsync(to: "moi@demo.test,ami@demo.test");
        // Filed by the account's own script: there is nothing left to keep for the one behind it.
        Assert.Equal(["bonjour site"], await fixture.InAsync("Mien"));
        Assert.Contains("X-Site: vu", Assert.Single(await fixture.ReadAsync("Mien")), StringComparison.Ordinal);
        Assert.Equal(["bonjour site"], await fixture.InAsync("Last", "ami@demo.test"));
        Assert.Contains("X-Site: vu", Assert.Single(await fixture.ReadAsync("Last", "ami@demo.test")), StringComparison.Ordinal);
        await fixture.SettingAsync(new ScriptSetting("gone"));
        await fixture.SendAsync(to: "ami@demo.test");
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX", "ami@demo.test"));
    }

    [Fact]
    public async Task Personal_and_global_scripts_are_included()
    {
        await using var fixture = await ScriptFixture.CreateAsync();
        await fixture.ActivateAsync("require [\"fileinto\", \"mailbox\"]; fileinto :create \"G\";", "site", "shared");
        await fixture.ActivateAsync("require [\"include\", \"copy\", \"fileinto\", \"mailbox\"]; include :global \"shared\"; fileinto :copy :create \"P\";");
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("G"));
        Assert.Equal(["bonjour"], await fixture.InAsync("P"));
    }

    [Fact]
    public async Task What_a_colleague_writes_goes_through_the_scripts_as_well()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"fileinto\", \"mailbox\"]; fileinto :create \"Collègues\";", "ami@demo.test");
        var hello = $"S: 220 *\nC: EHLO c\n{string.Concat(Enumerable.Repeat("S: 250-*\n", 11))}S: 250 AUTH *\nC: AUTH PLAIN {SmtpFixture.Plain}\nS: 235 *\n";
        await fixture.Server.RunAsync(Facteur.Smtp.SmtpMode.Submission, hello + """
            C: MAIL FROM:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<ami@demo.test>
            S: 250 *
            C: DATA
            S: 354 *
            C: From: moi@demo.test
            C: Subject: entre nous
            C:
            C: une ligne
            C: .
            S: 250 *
            """, fixture.Server.Transcripts() with { ImplicitTls = true });
        Assert.Equal(["entre nous"], await fixture.InAsync("Collègues", "ami@demo.test"));
    }

    [Fact]
    public async Task A_forward_goes_with_what_the_script_does_not_refuse()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"fileinto\", \"mailbox\"]; if header \"subject\" \"non\" { discard; } elsif header \"subject\" \"range\" { fileinto :create \"A\"; }");
        await fixture.Server.Administration.GetAccountAsync("moi@demo.test", default);
        await new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new Support.FakeTime()).SetForwardAsync("moi@demo.test", ["far@elsewhere.test"], ForwardKeep.Delete, default);
        foreach (var subject in (string[])["non", "range", "oui"]) await fixture.SendAsync(ScriptFixture.Letter.Replace("bonjour", subject, StringComparison.Ordinal));
        Assert.Equal(["range", "oui"], (await fixture.QueueAsync()).Select(item => item.Message.Subject));
        Assert.Equal(["range"], await fixture.InAsync("A"));
        Assert.Empty(await fixture.InAsync("INBOX"));
    }
}
