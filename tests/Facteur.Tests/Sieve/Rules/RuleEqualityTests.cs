using System.Globalization;
using System.Text;
using Facteur.Sieve;
using Facteur.Sieve.Rules;

namespace Facteur.Tests.Sieve.Rules;

/// <summary>The script of random rules does what the model says, whatever stands in their words; read back, it is the same rules.</summary>
public sealed class RuleEqualityTests
{
    private static readonly string[] words =
    [
        "bonjour", "Facture", "été", "\"", "a\"b", "\\", "\\\\", "${", "${dollar}", "${1}", "${rule1}", "$", "*", "?", "a*b", "# x", "/* y", "text:", ".", ";stop;", "};", "名前", "'", "{5+}", "${hex:41}", "%s", "no-such-word",
    ];

    private static readonly string[] addresses = ["claire@example.org", "ann@example.net", "o'neil+x@sub.example.org", "sales@shop.example"];

    private static readonly string[] mailboxes = ["Reçus", "Work/\"Q\" ${a}", "A \\ B", "INBOX"];

    private sealed record Letter(string From, string To, string Cc, string Subject, string Body, string? List, string? Custom, bool HasAttachment, double? Spam)
    {
        public string Text { get; } = Write(From, To, Cc, Subject, Body, List, Custom, HasAttachment);

        private static string Write(string from, string to, string cc, string subject, string body, string? list, string? custom, bool hasAttachment)
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"From: Ann Lee <{from}>\r\nTo: {to}\r\nCc: Bob <{cc}>\r\nSubject: {subject}\r\n");
            if (list is not null) text.Append(CultureInfo.InvariantCulture, $"List-Id: {list}\r\n");
            if (custom is not null) text.Append(CultureInfo.InvariantCulture, $"X-Custom: {custom}\r\n");
            if (!hasAttachment) return text.Append(CultureInfo.InvariantCulture, $"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n").ToString();
            return text.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--zz\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\nxyz\r\n--zz--\r\n").ToString();
        }
    }

    /// <summary>What becomes of a letter, in an order of its own.</summary>
    private sealed record Outcome(string Places, bool Keeps, string Flags, string Sent, string Reply, string Notified);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_script_does_what_its_rules_say(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 80; i++)
        {
            var document = new RuleDocument(20, [.. Enumerable.Range(1, random.Next(1, 6)).Select(number => RandomRule(random, number))]);
            foreach (var rule in document.Rules) RuleCheck.Check(rule);
            var text = RuleScript.Compose(document, new RuleSettings { MaySendTo = static _ => true });
            AssertSame(document, RuleScript.Read(Encoding.UTF8.GetBytes(text)));
            var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes(text), SieveLimits.Default);
            Assert.True(compilation.Script is not null, string.Join('\n', compilation.Errors) + "\n" + text);
            for (var letters = 0; letters < 4; letters++)
            {
                var letter = RandomLetter(random);
                var result = await RunAsync(compilation.Script!, letter);
                Assert.True(result.Error is null, $"{result.Error}\n{text}");
                Assert.True(Expected(document.Rules, letter) == Of(result), $"{Expected(document.Rules, letter)}\n{Of(result)}\n{letter.Text}\n{text}");
            }
        }
    }

    private static ValueTask<SieveResult> RunAsync(SieveScript script, Letter letter)
    {
        var context = new SieveContext { Now = DateTimeOffset.UnixEpoch, EnvelopeFrom = letter.From, EnvelopeTo = "moi@demo.test", SpamPercent = letter.Spam };
        var host = new ConversationHost([$"list urn:ietf:params:sieve:addrbook:default {addresses[0]}", $"list tag:facteur.email,2026:blocked {addresses[3]}"], new Dictionary<string, string>());
        return script.RunAsync(SieveMessage.Parse(Encoding.UTF8.GetBytes(letter.Text)), context, host, SieveLimits.Default, TestContext.Current.CancellationToken);
    }

    private static Outcome Of(SieveResult result)
    {
        var keep = result.Actions.OfType<KeepAction>().FirstOrDefault();
        // Filed into the inbox is kept.
        var keeps = keep is not null || result.Actions.OfType<FileIntoAction>().Any(into => into.Target.Mailbox == "INBOX");
        var flags = keep?.Flags ?? result.Actions.OfType<FileIntoAction>().FirstOrDefault()?.Flags ?? [];
        Assert.All(result.Actions.OfType<FileIntoAction>(), into => Assert.Equal(flags.Order(), into.Flags.Order()));
        return new Outcome(
            Set(result.Actions.OfType<FileIntoAction>().Where(into => into.Target.Mailbox != "INBOX").Select(into => into.Target.SpecialUse is { } use ? use : into.Target.Mailbox)), keeps, Set(flags),
            Set(result.Actions.OfType<RedirectAction>().Select(redirect => redirect.Address.ToString())), string.Join('|', result.Actions.OfType<VacationAction>().Select(vacation => vacation.Reason.ReplaceLineEndings("\n"))),
            Set(result.Actions.OfType<NotifyAction>().Select(notify => string.Join(',', notify.Recipients))));
    }

    private static Outcome Expected(IReadOnlyList<MailRule> rules, Letter letter)
    {
        var (isJunk, isStopped, isFiled) = (letter.Spam >= 50, false, false);
        var matched = new List<MailRule>();
        foreach (var rule in rules.Where(rule => rule.IsOn))
        {
            if (isStopped) break;
            if (rule.Conditions.Count > 0 && !(rule.Match == RuleMatch.All ? rule.Conditions.All(one => Holds(one, letter)) : rule.Conditions.Any(one => Holds(one, letter)))) continue;
            matched.Add(rule);
            if (rule.Actions.Any(action => action.Type == RuleActionType.NeverJunk)) isJunk = false;
            isStopped = rule.Stops;
        }
        if (isJunk) return new Outcome("", true, "", "", "", "");
        var actions = matched.SelectMany(rule => rule.Actions).ToList();
        var places = new List<string>();
        foreach (var action in actions)
        {
            var place = action.Type switch
            {
                RuleActionType.Move or RuleActionType.Label => action.Mailbox,
                RuleActionType.Archive => @"\Archive",
                RuleActionType.Delete => @"\Trash",
                RuleActionType.Junk => @"\Junk",
                _ => null,
            };
            if (place is null) continue;
            places.Add(place);
            isFiled |= action.Type != RuleActionType.Label;
        }
        var flags = actions.Select(action => action.Type switch { RuleActionType.MarkRead => @"\Seen", RuleActionType.Star => @"\Flagged", RuleActionType.Flag => action.Keyword, _ => null }).OfType<string>();
        return new Outcome(
            Set(places.Where(place => place != "INBOX")), !isFiled || places.Contains("INBOX"), Set(flags), Set(actions.Where(action => action.Type == RuleActionType.Forward).Select(action => action.Address!)),
            actions.FirstOrDefault(action => action.Type == RuleActionType.Reply)?.Text ?? "", Set(actions.Where(action => action.Type == RuleActionType.Notify).Select(action => action.Address!)));
    }

    private static bool Holds(RuleCondition condition, Letter letter) => condition.IsNegated != condition.Field switch
    {
        RuleField.From => Compare(condition, $"Ann Lee <{letter.From}>", letter.From),
        RuleField.To => Compare(condition, letter.To, letter.To),
        RuleField.Cc => Compare(condition, $"Bob <{letter.Cc}>", letter.Cc),
        RuleField.Recipient => Compare(condition, letter.To, letter.To) || Compare(condition, $"Bob <{letter.Cc}>", letter.Cc),
        RuleField.DeliveredTo => Compare(condition, "moi@demo.test", "moi@demo.test"),
        RuleField.Subject => Compare(condition, letter.Subject, letter.Subject),
        RuleField.Body => Compare(condition, letter.Body, letter.Body),
        RuleField.Anywhere => new[] { $"Ann Lee <{letter.From}>", letter.To, $"Bob <{letter.Cc}>", letter.Subject, letter.Body }.Any(text => Compare(condition, text, text)),
        RuleField.Header => letter.Custom is { } custom && (condition.Comparison == RuleComparison.Exists || Compare(condition, custom, custom)),
        RuleField.List => letter.List is { } list && (condition.Comparison == RuleComparison.Exists || Compare(condition, list, list)),
        RuleField.Size => condition.Comparison == RuleComparison.Over ? Encoding.UTF8.GetByteCount(letter.Text) > condition.Octets : Encoding.UTF8.GetByteCount(letter.Text) < condition.Octets,
        RuleField.Attachment => letter.HasAttachment,
        RuleField.KnownSender => letter.From == addresses[0],
        _ => letter.From == addresses[3],
    };

    private static bool Compare(RuleCondition condition, string whole, string address) => condition.Values.Any(value => condition.Comparison switch
    {
        RuleComparison.Contains => whole.Contains(value, StringComparison.OrdinalIgnoreCase),
        RuleComparison.Is => address.Equals(value, StringComparison.OrdinalIgnoreCase),
        RuleComparison.StartsWith => address.StartsWith(value, StringComparison.OrdinalIgnoreCase),
        _ => address.EndsWith(value, StringComparison.OrdinalIgnoreCase),
    });

    private static Letter RandomLetter(Random random) => new(
        Pick(random, addresses), Pick(random, addresses), Pick(random, addresses), Words(random), Words(random), random.Next(3) == 0 ? Words(random) : null, random.Next(2) == 0 ? Words(random) : null, random.Next(3) == 0,
        random.Next(4) switch { 0 => 80, 1 => 10, 2 => 50, _ => null });

    private static MailRule RandomRule(Random random, int number) => new(RuleSet.IdOf(number), $"{Pick(random, words)} {number}")
    {
        IsOn = random.Next(8) > 0, SortOrder = number, Match = random.Next(2) == 0 ? RuleMatch.All : RuleMatch.Any, Stops = random.Next(4) == 0,
        Conditions = [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomCondition(random))], Actions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomAction(random))],
    };

    private static RuleCondition RandomCondition(Random random)
    {
        var field = (RuleField)random.Next(Enum.GetValues<RuleField>().Length);
        var isNegated = random.Next(3) == 0;
        RuleComparison[] texts = [RuleComparison.Contains, RuleComparison.Is, RuleComparison.StartsWith, RuleComparison.EndsWith];
        RuleComparison[] orThere = [.. texts, RuleComparison.Exists];
        switch (field)
        {
            case RuleField.Size:
                return new RuleCondition(field, random.Next(2) == 0 ? RuleComparison.Over : RuleComparison.Under) { IsNegated = isNegated, Octets = random.Next(100, 400) };
            case RuleField.Attachment or RuleField.KnownSender or RuleField.BlockedSender:
                return new RuleCondition(field, RuleComparison.Exists) { IsNegated = isNegated };
        }
        var comparison = field is RuleField.Body or RuleField.Anywhere ? RuleComparison.Contains : Pick(random, field is RuleField.Header or RuleField.List ? orThere : texts);
        IReadOnlyList<string> values = comparison == RuleComparison.Exists ? [] : [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(3) == 0 ? Pick(random, addresses) : random.Next(3) == 0 ? Words(random) : Pick(random, words))];
        return new RuleCondition(field, comparison) { IsNegated = isNegated, Header = field == RuleField.Header ? "X-Custom" : null, Values = values };
    }

    private static RuleAction RandomAction(Random random)
    {
        var type = (RuleActionType)random.Next(Enum.GetValues<RuleActionType>().Length);
        var action = new RuleAction(type);
        return type switch
        {
            RuleActionType.Move or RuleActionType.Label => action with { Mailbox = Pick(random, mailboxes) },
            RuleActionType.Flag => action with { Keyword = Pick(random, ["$todo", "work"]) },
            RuleActionType.Forward => action with { Address = Pick(random, addresses) },
            RuleActionType.Notify => action with { Address = Pick(random, addresses), Text = random.Next(2) == 0 ? null : Pick(random, words) },
            RuleActionType.Reply => action with { Text = $"{Words(random)}\n.\n{Words(random)}", Subject = random.Next(2) == 0 ? null : Pick(random, words), Days = random.Next(2) == 0 ? null : 3 },
            _ => action,
        };
    }

    private static string Words(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, words)));

    private static T Pick<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private static string Set(IEnumerable<string> values) => string.Join('|', values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static void AssertSame(RuleDocument document, RuleDocument? read) =>
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(document, RuleJson.Default.RuleDocument), System.Text.Json.JsonSerializer.Serialize(read!, RuleJson.Default.RuleDocument));
}
