using Facteur.Storage.Searching;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>The search language (UX.md §4.6): each search and what it means, written back in English; noon of 15 May 2024 in Paris.</summary>
public sealed class QueryLanguageTests
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
    private static readonly DateTimeOffset Now = new(2024, 5, 15, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    // words and phrases
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("facture", "facture")]
    [InlineData("facture mars", "facture mars")]
    [InlineData("  facture\t mars\n", "facture mars")]
    [InlineData("\"facture de mars\"", "\"facture de mars\"")]
    [InlineData("\"facture de mars", "\"facture de mars\"")]
    [InlineData("\"facture\"", "facture")]
    [InlineData("\"dit \\\"oui\\\"\"", "\"dit \\\"oui\\\"\"")]
    [InlineData("Été", "Été")]
    [InlineData("fact*", "fact")]
    [InlineData("+exact", "exact")]
    [InlineData("a\"b c\"d", "a \"b c\" d")]
    [InlineData("e-mail", "e-mail")]
    [InlineData("c++", "c++")]
    [InlineData("10:30", "\"10:30\"")]
    [InlineData("http://example.com/a?b=c", "\"http://example.com/a?b=c\"")]
    [InlineData("a@b.example", "a@b.example")]
    [InlineData("日本", "日本")]
    [InlineData("***", "")]
    [InlineData("\"\"", "")]
    // left out
    [InlineData("-publicité", "-publicité")]
    [InlineData("dîner -chat", "dîner -chat")]
    [InlineData("-\"deux mots\"", "-\"deux mots\"")]
    [InlineData("Paris - Lyon", "Paris Lyon")]
    [InlineData("-from:ada", "-from:ada")]
    [InlineData("-(a b)", "-(a b)")]
    [InlineData("-{a b}", "-{a b}")]
    [InlineData("--a", "-\"-a\"")]
    [InlineData("\"-a\"", "\"-a\"")]
    // one of
    [InlineData("a OR b", "{a b}")]
    [InlineData("a OU b", "{a b}")]
    [InlineData("a or b", "a or b")]
    [InlineData("a ou b", "a ou b")]
    [InlineData("a OR b OR c", "{a b c}")]
    [InlineData("a b OR c d", "a {b c} d")]
    [InlineData("a AND b", "a b")]
    [InlineData("a ET b", "a b")]
    [InlineData("OR a", "a")]
    [InlineData("a OR", "a")]
    [InlineData("{a b}", "{a b}")]
    [InlineData("{a \"b c\" from:d}", "{a \"b c\" from:d}")]
    [InlineData("{a}", "a")]
    [InlineData("{}", "")]
    [InlineData("(a b)", "a b")]
    [InlineData("(a b) OR c", "{(a b) c}")]
    [InlineData("a OR -b", "{a -b}")]
    [InlineData("(a OR (b c))", "{a (b c)}")]
    [InlineData("((a", "a")]
    [InlineData("a) b", "\"a)\" b")]
    [InlineData(") a", "a")]
    [InlineData("ORANGE", "ORANGE")]
    [InlineData("\"OR\"", "\"OR\"")]
    // people and subjects
    [InlineData("from:ada", "from:ada")]
    [InlineData("FROM:Ada", "from:Ada")]
    [InlineData("de:ada", "from:ada")]
    [InlineData("expéditeur:ada", "from:ada")]
    [InlineData("from: ada", "from:ada")]
    [InlineData("from:\"Ada Lovelace\"", "from:\"Ada Lovelace\"")]
    [InlineData("from:(ada lovelace)", "from:ada from:lovelace")]
    [InlineData("from:{ada bob}", "{from:ada from:bob}")]
    [InlineData("from:ada OR from:bob", "{from:ada from:bob}")]
    [InlineData("from:(ada OR bob) x", "{from:ada from:bob} x")]
    [InlineData("from:(ada -bob)", "from:ada -from:bob")]
    [InlineData("from:me", "from:me")]
    [InlineData("de:moi", "from:me")]
    [InlineData("from:\"me\"", "from:\"me\"")]
    [InlineData("to:bob", "to:bob")]
    [InlineData("à:bob", "to:bob")]
    [InlineData("a:bob", "to:bob")]
    [InlineData("À:bob", "to:bob")]
    [InlineData("pour:bob", "to:bob")]
    [InlineData("cc:bob", "cc:bob")]
    [InlineData("copie:bob", "cc:bob")]
    [InlineData("bcc:bob", "bcc:bob")]
    [InlineData("cci:bob", "bcc:bob")]
    [InlineData("subject:réunion", "subject:réunion")]
    [InlineData("objet:réunion", "subject:réunion")]
    [InlineData("sujet:(réunion lundi)", "subject:réunion subject:lundi")]
    [InlineData("subject:\"à lundi\"", "subject:\"à lundi\"")]
    [InlineData("body:merci", "body:merci")]
    [InlineData("corps:merci", "body:merci")]
    [InlineData("deliveredto:ada+news@example.com", "deliveredto:ada+news@example.com")]
    [InlineData("remis_à:x@y.example", "deliveredto:x@y.example")]
    [InlineData("list:dev.example.org", "list:dev.example.org")]
    [InlineData("liste:dev.example.org", "list:dev.example.org")]
    [InlineData("rfc822msgid:<a@b>", "rfc822msgid:<a@b>")]
    // files and sizes
    [InlineData("has:attachment", "has:attachment")]
    [InlineData("avec:pièce", "has:attachment")]
    [InlineData("avec:pièce_jointe", "has:attachment")]
    [InlineData("contient:pj", "has:attachment")]
    [InlineData("-has:attachment", "-has:attachment")]
    [InlineData("pièce:", "has:attachment")]
    [InlineData("pièce: devis", "has:attachment devis")]
    [InlineData("pièce:devis", "filename:devis")]
    [InlineData("filename:pdf", "filename:pdf")]
    [InlineData("fichier:\"mon cv.pdf\"", "filename:\"mon cv.pdf\"")]
    [InlineData("larger:5M", "larger:5M")]
    [InlineData("plus_grand:5Mo", "larger:5M")]
    [InlineData("plus-gros:1,5Mo", "larger:1536K")]
    [InlineData("size:1000000", "larger:1000000")]
    [InlineData("taille:10k", "larger:10K")]
    [InlineData("smaller:1G", "smaller:1G")]
    [InlineData("plus_petit:300", "smaller:300")]
    [InlineData("-larger:5M", "smaller:5M")]
    // dates
    [InlineData("after:2024-05-04", "after:2024-05-04")]
    [InlineData("after:2024/05/04", "after:2024-05-04")]
    [InlineData("après:04/05/2024", "after:2024-05-04")]
    [InlineData("after:31/12/2023", "after:2023-12-31")]
    [InlineData("after:12/31/2023", "after:2023-12-31")]
    [InlineData("after:4.5.24", "after:2024-05-04")]
    [InlineData("after:20240504", "after:2024-05-04")]
    [InlineData("after:2024", "after:2024-01-01")]
    [InlineData("before:2024-03", "before:2024-03-01")]
    [InlineData("avant:03/2024", "before:2024-03-01")]
    [InlineData("older:2024-05-04", "before:2024-05-04")]
    [InlineData("plus_ancien:2024-05-04", "before:2024-05-04")]
    [InlineData("newer:2024-05-04", "after:2024-05-04")]
    [InlineData("depuis:2024-05-04", "after:2024-05-04")]
    [InlineData("date:2024-05-04", "after:2024-05-04 before:2024-05-05")]
    [InlineData("date:2024-02", "after:2024-02-01 before:2024-03-01")]
    [InlineData("date:2023", "after:2023-01-01 before:2024-01-01")]
    [InlineData("after:2024-05-04T08:30Z", "after:2024-05-04T08:30:00Z")]
    [InlineData("after:2024-05-04T08:30", "after:2024-05-04T06:30:00Z")]
    [InlineData("after:today", "after:2024-05-15")]
    [InlineData("après:hier", "after:2024-05-14")]
    [InlineData("date:aujourd'hui", "after:2024-05-15 before:2024-05-16")]
    [InlineData("date:aujourd’hui", "after:2024-05-15 before:2024-05-16")]
    [InlineData("older_than:7d", "before:2024-05-08")]
    [InlineData("plus_ancien_que:7j", "before:2024-05-08")]
    [InlineData("newer_than:2m", "after:2024-03-15")]
    [InlineData("plus_récent_que:2mois", "after:2024-03-15")]
    [InlineData("newer_than:1w", "after:2024-05-08")]
    [InlineData("newer_than:1y", "after:2023-05-15")]
    [InlineData("plus_récent_que:1an", "after:2023-05-15")]
    [InlineData("newer_than:3h", "after:2024-05-15T07:00:00Z")]
    [InlineData("older_than:99999y", "before:1900-01-01")]
    // states
    [InlineData("is:unread", "is:unread")]
    [InlineData("est:non_lu", "is:unread")]
    [InlineData("est:non-lu", "is:unread")]
    [InlineData("is:read", "is:read")]
    [InlineData("est:lu", "is:read")]
    [InlineData("-is:read", "is:unread")]
    [InlineData("is:starred", "is:starred")]
    [InlineData("has:star", "is:starred")]
    [InlineData("est:suivi", "is:starred")]
    [InlineData("is:important", "is:important")]
    [InlineData("is:snoozed", "is:snoozed")]
    [InlineData("est:en_attente", "is:snoozed")]
    [InlineData("is:muted", "is:muted")]
    [InlineData("est:répondu", "is:answered")]
    [InlineData("is:(unread starred)", "is:unread is:starred")]
    [InlineData("is:{starred important}", "{is:starred is:important}")]
    [InlineData("keyword:$label1", "keyword:$label1")]
    [InlineData("mot_clé:$seen", "is:read")]
    // places
    [InlineData("in:inbox", "in:inbox")]
    [InlineData("dans:réception", "in:inbox")]
    [InlineData("dans:boîte", "in:inbox")]
    [InlineData("in:sent", "in:sent")]
    [InlineData("dans:envoyés", "in:sent")]
    [InlineData("in:spam", "in:spam")]
    [InlineData("dans:indésirables", "in:spam")]
    [InlineData("in:trash x", "in:trash x")]
    [InlineData("dans:corbeille", "in:trash")]
    [InlineData("in:drafts", "in:drafts")]
    [InlineData("in:archive", "in:archive")]
    [InlineData("in:anywhere", "in:anywhere")]
    [InlineData("x dans:partout", "x in:anywhere")]
    [InlineData("in:all x", "x")]
    [InlineData("-in:inbox x", "-in:inbox x")]
    [InlineData("label:clients", "label:clients")]
    [InlineData("libellé:\"mes clients\"", "label:\"mes clients\"")]
    [InlineData("in:clients/actifs", "label:clients/actifs")]
    public void Means(string search, string canonical)
    {
        var query = Parse(search);
        Assert.Equal(canonical, SearchLanguage.Write(query.Condition, SearchWords.English, Paris));
        var french = SearchLanguage.Write(query.Condition, SearchWords.French, Paris);
        Assert.Equal(query.Condition, Parse(french!).Condition);
        Assert.DoesNotContain(query.Hints, hint => hint.Kind is SearchHintKind.UnknownOperator or SearchHintKind.BadValue or SearchHintKind.MissingValue);
    }

    [Theory]
    [InlineData("from:ada is:unread larger:5M", "de:ada est:non_lu plus_grand:5M")]
    [InlineData("subject:x in:trash has:attachment", "objet:x dans:corbeille avec:pièce")]
    [InlineData("older_than:7d label:a to:me", "avant:2024-05-08 libellé:a à:moi")]
    public void Is_written_in_French(string search, string french) => Assert.Equal(french, SearchLanguage.Write(Parse(search).Condition, SearchWords.French, Paris));

    [Theory]
    [InlineData("foo:bar", SearchHintKind.UnknownOperator, 0, 4, null, "\"foo:bar\"")]
    [InlineData("x form:ada", SearchHintKind.UnknownOperator, 2, 5, "from:", "x \"form:ada\"")]
    [InlineData("subjet:x", SearchHintKind.UnknownOperator, 0, 7, "subject:", "\"subjet:x\"")]
    [InlineData("category:social", SearchHintKind.UnknownOperator, 0, 9, null, "\"category:social\"")]
    [InlineData("from:", SearchHintKind.MissingValue, 0, 5, null, "")]
    [InlineData("from: is:unread", SearchHintKind.MissingValue, 0, 5, null, "is:unread")]
    [InlineData("a (from:) b", SearchHintKind.MissingValue, 3, 5, null, "a b")]
    [InlineData("is:unraed", SearchHintKind.BadValue, 0, 9, "unread", "unraed")]
    [InlineData("has:drive", SearchHintKind.BadValue, 0, 9, null, "drive")]
    [InlineData("larger:beaucoup", SearchHintKind.BadValue, 0, 15, null, "beaucoup")]
    [InlineData("after:31/02/2024", SearchHintKind.BadValue, 0, 16, null, "31/02/2024")]
    [InlineData("after:demain", SearchHintKind.BadValue, 0, 12, null, "demain")]
    [InlineData("older_than:7x", SearchHintKind.BadValue, 0, 13, null, "7x")]
    [InlineData("before:04/05/2024", SearchHintKind.AmbiguousDate, 0, 17, "2024-05-04", "before:2024-05-04")]
    [InlineData("a AROUND 10 b", SearchHintKind.DistanceIgnored, 2, 6, null, "a b")]
    public void Hints_tell_how_it_was_read(string search, SearchHintKind kind, int start, int length, string? suggestion, string canonical)
    {
        var query = Parse(search);
        Assert.Equal([new SearchHint(kind, start, length, suggestion)], query.Hints);
        Assert.Equal(canonical, SearchLanguage.Write(query.Condition, SearchWords.English, Paris));
    }

    [Fact]
    public void Chips_stand_where_they_were_typed()
    {
        const string Search = "dîner -from:\"Ada L\" (a b) OR is:unread";
        var chips = Parse(Search).Chips;
        Assert.Equal(["dîner", "-from:\"Ada L\"", "(a b)", "is:unread"], chips.Select(chip => Search.Substring(chip.Start, chip.Length)));
        Assert.Equal(["dîner", "Ada L", "(a b)", "unread"], chips.Select(chip => chip.Value));
        Assert.Equal([null, SearchOperator.From, null, SearchOperator.Is], chips.Select(chip => chip.Operator));
        Assert.Equal([false, true, false, false], chips.Select(chip => chip.IsNegated));
        Assert.Equal([false, false, false, true], chips.Select(chip => chip.IsAlternative));
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("-in:trash x", true)]
    [InlineData("in:all", true)]
    [InlineData("in:inbox", false)]
    [InlineData("{in:inbox x}", false)]
    [InlineData("-(-in:trash)", false)]
    [InlineData("label:a", false)]
    [InlineData("in:anywhere", false)]
    public void Junk_and_Trash_are_left_out_unless_a_place_is_named(string search, bool leavesOut) => Assert.Equal(leavesOut, Parse(search).LeavesOutJunkAndTrash);

    [Fact]
    public void Relative_dates_say_what_they_count_from()
    {
        Assert.Null(Parse("after:2024-01-01").CountsFrom);
        var midnight = new DateTimeOffset(2024, 5, 15, 0, 0, 0, TimeSpan.FromHours(2));
        Assert.Equal(midnight, Parse("older_than:7d").CountsFrom);
        Assert.Equal(midnight, Parse("date:hier").CountsFrom);
        Assert.Equal(Now, Parse("older_than:7d newer_than:90h").CountsFrom);
    }

    [Fact]
    public void A_day_begins_when_clocks_say_so()
    {
        // In Beirut, clocks went from midnight to one o'clock on 31 March 2024.
        var beirut = TimeZoneInfo.FindSystemTimeZoneById("Asia/Beirut");
        var condition = SearchLanguage.Parse("after:2024-03-31 in:anywhere", Now, beirut).Condition;
        Assert.Equal(new ReceivedCondition(new DateTimeOffset(2024, 3, 30, 22, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()), condition);
        Assert.Equal("after:2024-03-31 in:anywhere", SearchLanguage.Write(condition, SearchWords.English, beirut));
    }

    [Theory]
    [InlineData("fr", SearchWords.English, "from:")]
    [InlineData("d", SearchWords.French, "de:|destinataire:|deliveredto:|depuis:|date:|dans:")]
    [InlineData("x -obj", SearchWords.French, "objet:")]
    [InlineData("is:un", SearchWords.English, "is:unread")]
    [InlineData("est:non", SearchWords.French, "est:non_lu")]
    [InlineData("has:", SearchWords.English, "has:attachment|has:star")]
    [InlineData("in:tra", SearchWords.English, "in:trash|in:Travail|in:Travail/Clients")]
    [InlineData("label:cl", SearchWords.English, "label:Travail/Clients")]
    [InlineData("(in:i", SearchWords.English, "in:inbox|in:important")]
    [InlineData("nothing:", SearchWords.English, "")]
    [InlineData("", SearchWords.English, "")]
    public void Tab_completes(string typed, SearchWords words, string expected)
    {
        var found = SearchCompletions.At(typed, typed.Length, words, ["INBOX", "Travail", "Travail/Clients", "Très vieux"]);
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), found.Select(one => one.Text));
        Assert.All(found, one => Assert.Equal(typed.Length, one.Start + one.Length));
    }

    [Fact]
    public void What_has_no_words_is_not_written()
    {
        Assert.Null(Write(new TextCondition(FoldedNeedle.Of("x"), TextScope.Whole)));
        Assert.Null(Write(HeaderCondition.Of("x-mailer", FoldedNeedle.Of("x"))));
        Assert.Null(Write(new MailboxCondition(new(3))));
        Assert.Equal("x in:anywhere", Write(new TextCondition(FoldedNeedle.Of("x"), TextScope.Text)));
        static string? Write(SearchCondition condition) => SearchLanguage.Write(condition, SearchWords.English, TimeZoneInfo.Utc);
    }

    [Fact]
    public void Whatever_is_typed_means_something_and_costs_little()
    {
        var random = new Random(42);
        string[] pieces = ["from:", "de:", "a", "é", "-", "\"", "(", ")", "{", "}", " ", ":", "\\", "OR ", "is:", "unread", "after:", "2024", "/05", "older_than:", "7d", "larger:", "1M", "in:", "trash", "*", "+", "\ud800", "AROUND ", "\0", "in:anywhere", "pièce:"];
        for (var i = 0; i < 4_000; i++)
        {
            var search = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => pieces[random.Next(pieces.Length)]));
            var query = Parse(search);
            if (SearchLanguage.Write(query.Condition, SearchWords.French, Paris) is { } written) Assert.Equal(query.Condition, Parse(written).Condition);
            Assert.All(query.Chips, chip => Assert.InRange(chip.Start + chip.Length, chip.Start + 1, search.Length));
            SearchCompletions.At(search, random.Next(search.Length + 1), SearchWords.French, ["a b"]);
        }
        var longOnes = pieces.Select(piece => string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length))).ToList();
        Assert.InRange(ProcessorTime.Of(() => longOnes.ForEach(search => Parse(search))), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static SearchQuery Parse(string search) => SearchLanguage.Parse(search, Now, Paris);
}
