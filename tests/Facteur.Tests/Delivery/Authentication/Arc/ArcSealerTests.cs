using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Arc;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Tests.Delivery.Authentication.Dkim;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Arc;

/// <summary>Adding an ARC set (RFC 8617 §5.1).</summary>
public sealed partial class ArcSealerTests
{
    private const string Results = "Authentication-Results: lists.example.org; arc=none; spf=pass\r\n\tsmtp.mailfrom=example.org; dkim=pass (a; b) header.d=example.org;\r\n\tdmarc=pass header.from=example.org\r\n";

    private static readonly ArcSuite? suite = ArcSuite.Load("arc-draft-sign-tests.yml");
    private static readonly DkimKey key = DkimKey.Generate("example.org", "2026a-ed25519", DkimAlgorithm.Ed25519Sha256);

    public static TheoryData<string> Names => suite is null ? [""] : [.. suite.Cases.Keys];

    // The order of tags is ours and so is b=; all else is compared. That the same octets are signed, the suite's own fields
    // show: they pass at our verifier (the seals of the suite were made over b= without folds).
    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_signing_suite_holds(string name)
    {
        if (suite is null) Assert.Skip("../shared/corpus/arc is not there");
        var test = suite.Cases[name];
        var domainKey = new DkimKey(test.Scenario["domain"], test.Scenario["sel"], DkimAlgorithm.RsaSha256, test.Scenario["privatekey"]);
        var (outcome, set) = Seal(test.Message, domainKey, test.Values["srv-id"], DateTimeOffset.FromUnixTimeSeconds(long.Parse(test.Values["t"])), [.. test.Values["sig-headers"].Split(':')]);
        if (test.Values["AS"].Trim().Length == 0)
        {
            Assert.Equal((ArcSealing.ChainHasFailed, ""), (outcome, set));
            return;
        }
        Assert.Equal(ArcSealing.Sealed, outcome);
        var fields = Fields(set);
        Assert.Equal(Spaces(test.Values["AAR"]), Spaces(fields["ARC-Authentication-Results"]));
        Assert.Equal(Tags(test.Values["AMS"]), Tags(fields["ARC-Message-Signature"]));
        Assert.Equal(Tags(test.Values["AS"]), Tags(fields["ARC-Seal"]));

        var theirs = $"ARC-Seal: {Folded(test.Values["AS"])}\r\nARC-Message-Signature: {Folded(WithoutFolds(test.Values["AMS"]))}\r\nARC-Authentication-Results: {Folded(test.Values["AAR"])}\r\n";
        var isBroken = test.Values["AS"].Contains("cv=fail", StringComparison.Ordinal);
        foreach (var fieldsOf in new[] { set, theirs })
        {
            var result = (await Verifying.AllAsync(fieldsOf + test.Message, test.Zone)).Arc;
            Assert.True(result.Verdict == (isBroken ? ArcVerdict.Fail : ArcVerdict.Pass), result.Problem);
        }
    }

    [Fact]
    public async Task A_chain_grows_from_hop_to_hop_and_holds()
    {
        var zone = SignTests.Zone(key);
        var message = VerifyTests.Message;
        for (var hop = 1; hop <= 5; hop++)
        {
            var before = (await Verifying.AllAsync(message, zone)).Arc;
            var field = new ArrayBufferWriter<byte>();
            AuthenticationResultsField.Write(field, "mx.example.org", new() { Dkim = [], Arc = before });
            message = Encoding.UTF8.GetString(field.WrittenSpan) + ForgedOut(message);
            // A list changes the message: the older signatures over it break, the chain does not (§5.2 step 5).
            message = message.Replace($"Subject: {(hop == 1 ? "" : $"[{hop - 1}] ")}Lunch", $"Subject: [{hop}] Lunch", StringComparison.Ordinal) + $"-- \r\nhop {hop}\r\n";
            var (outcome, set) = Seal(message, key, "mx.example.org", new FakeTime().GetUtcNow(), null, step: hop);
            Assert.Equal(ArcSealing.Sealed, outcome);
            Assert.All(set.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
            message = set + message;
            var after = (await Verifying.AllAsync(message, zone)).Arc;
            Assert.Equal((ArcVerdict.Pass, hop, null), (after.Verdict, after.Instances, after.Problem));
            Assert.Equal("i=1; mx.example.org; dkim=none; arc=none", after.FirstResults is null ? null : Spaces(after.FirstResults));
        }
    }

    [Fact]
    public void What_we_found_is_taken_from_our_own_field_only()
    {
        var (_, set) = Seal("Authentication-Results: mx.example.com; dmarc=pass\r\n" + Results + VerifyTests.Message, key, "lists.example.org", new FakeTime().GetUtcNow(), null);
        Assert.Equal("i=1; lists.example.org; arc=none; spf=pass smtp.mailfrom=example.org; dkim=pass (a; b) header.d=example.org; dmarc=pass header.from=example.org",
            Spaces(Fields(set)["ARC-Authentication-Results"]));
        (_, set) = Seal(VerifyTests.Message, key, "lists.example.org", new FakeTime().GetUtcNow(), null);
        Assert.Equal("i=1; lists.example.org; none", Spaces(Fields(set)["ARC-Authentication-Results"]));
    }

    [Fact]
    public async Task A_chain_that_nobody_has_checked_is_not_vouched_for()
    {
        var (_, set) = Seal(VerifyTests.Message, key, "lists.example.org", new FakeTime().GetUtcNow(), null);
        Assert.Equal((ArcSealing.ChainNotChecked, ""), Seal(set + VerifyTests.Message, key, "lists.example.org", new FakeTime().GetUtcNow(), null));

        // With a field of it gone the chain is broken whatever the results say; that is sealed once, and never again.
        var broken = "Authentication-Results: lists.example.org; arc=pass\r\n" + set[..set.IndexOf("ARC-Authentication", StringComparison.Ordinal)] + VerifyTests.Message;
        var (outcome, second) = Seal(broken, key, "lists.example.org", new FakeTime().GetUtcNow(), null);
        Assert.Equal(ArcSealing.Sealed, outcome);
        Assert.Contains("cv=fail", second, StringComparison.Ordinal);
        Assert.Equal(ArcVerdict.Fail, (await Verifying.AllAsync(second + broken, SignTests.Zone(key))).Arc.Verdict);
        Assert.Equal((ArcSealing.ChainHasFailed, ""), Seal(second + broken, key, "lists.example.org", new FakeTime().GetUtcNow(), null));
    }

    private static (ArcSealing Outcome, string Set) Seal(string message, DkimKey with, string service, DateTimeOffset now, List<string>? names, int step = 0)
    {
        using var signing = DkimSigningKey.Load(with);
        using var sealer = new ArcSealer(signing, service) { SignedNames = names };
        var octets = Encoding.Latin1.GetBytes(message);
        for (var at = 0; at < octets.Length; at += step == 0 ? octets.Length : step) sealer.Write(octets.AsSpan(at, step == 0 ? octets.Length : Math.Min(step, octets.Length - at)));
        var output = new ArrayBufferWriter<byte>();
        var outcome = sealer.Complete(output, now);
        return (outcome, Encoding.Latin1.GetString(output.WrittenSpan));
    }

    // What a receiver does with results that claim to be its own.
    private static string ForgedOut(string message) => OwnResults().Replace(message, "");

    private static Dictionary<string, string> Fields(string set) =>
        DkimModel.Split(set + "\r\n").Fields.ToDictionary(field => field[..field.IndexOf(':', StringComparison.Ordinal)], field => field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..]);

    private static string Folded(string text) => string.Join("\r\n  ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string WithoutFolds(string tags) => Signature().Replace(tags, match => WhiteSpace().Replace(match.Value, ""));

    private static string Spaces(string text) => string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static SortedDictionary<string, string> Tags(string text)
    {
        var tags = text.Split(';').Select(tag => tag.Split('=', 2, StringSplitOptions.TrimEntries)).Where(tag => tag[0] != "b");
        return new(tags.ToDictionary(tag => tag[0], tag => WhiteSpace().Replace(tag[1], "")), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"(?<=\s)b=[^;]*", RegexOptions.None, 1000)]
    private static partial Regex Signature();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"(?m)^Authentication-Results:.*\r\n([ \t].*\r\n)*", RegexOptions.None, 1000)]
    private static partial Regex OwnResults();
}
