using System.Buffers;
using System.Net;
using System.Text;
using Facteur.Net;

namespace Facteur.Delivery.Authentication;

/// <summary>
/// Writes Authentication-Results (RFC 8601 §2.2) and ARC-Authentication-Results (RFC 8617 §4.1.1). Whatever a sender can put
/// into a result (selectors, identities, explanations) is written as a token or a quoted string, so that it ends nothing.
/// </summary>
public static class AuthenticationResultsField
{
    /// <summary>Longest reason told; the rest is cut.</summary>
    private const int MaxReason = 200;

    private static readonly SearchValues<char> tokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`{|}~");

    /// <summary>The field, to stand above all others of the message (RFC 8601 §4.1).</summary>
    /// <param name="authservId">Our name in such fields (RFC 8601 §2.5).</param>
    public static void Write(IBufferWriter<byte> output, string authservId, AuthenticationSummary summary)
    {
        var field = new FieldBuilder("Authentication-Results").Word(Value(authservId));
        var any = false;
        foreach (var statement in Statements(summary))
        {
            field.Append(";").Lines(statement);
            any = true;
        }
        if (!any) field.Append(";").Word("none");
        field.WriteTo(output);
    }

    /// <summary>The results, one text each: "spf=pass smtp.mailfrom=example.org".</summary>
    internal static IEnumerable<string> Statements(AuthenticationSummary summary)
    {
        if (summary.AuthenticatedAs is { } login) yield return new Statement("auth", "pass").Property("smtp.auth", login).Text;
        if (summary.Iprev is { } iprev) yield return new Statement("iprev", Word(iprev.Verdict)).Comment(iprev.Name).Property("policy.iprev", Address(iprev.Address)).Text;
        if (summary.Spf is { } spf)
            yield return new Statement("spf", Word(spf.Verdict)).Reason(spf.Problem).Property(spf.IsHello ? "smtp.helo" : "smtp.mailfrom", spf.Domain).Text;
        if (summary.Dkim is { Count: 0 }) yield return "dkim=none";
        foreach (var dkim in summary.Dkim ?? []) yield return Dkim(dkim);
        if (summary.Dmarc is { } dmarc) yield return Dmarc(dmarc);
        if (summary.Arc is { } arc) yield return Arc(arc, summary.Remote);
    }

    // header.b tells signatures of one domain apart (RFC 6008 §4).
    private static string Dkim(DkimResult dkim) => new Statement("dkim", Word(dkim.Verdict))
        .Comment(dkim.IsTesting ? "testing" : "").Reason(dkim.Problem)
        .Property("header.d", dkim.Domain).Property("header.i", dkim.Identity).Property("header.s", dkim.Selector)
        .Property("header.a", dkim.Algorithm).Property("header.b", dkim.Signature).Text;

    private static string Dmarc(DmarcResult dmarc) => new Statement("dmarc", Word(dmarc.Verdict))
        .Comment(dmarc.RecordDomain.Length == 0 ? "" : $"p={Word(dmarc.Published)} dis={Word(dmarc.Policy)}").Reason(dmarc.Problem)
        .Property("header.from", dmarc.Domain).Text;

    private static string Arc(ArcResult arc, IPAddress? remote)
    {
        var statement = new Statement("arc", Word(arc.Verdict)).Comment(arc.Instances > 0 ? $"i={arc.Instances}" : "").Reason(arc.Problem);
        return arc.Verdict == ArcVerdict.None || remote is null ? statement.Text : statement.Property("smtp.remote-ip", Address(remote)).Text;
    }

    internal static string Value(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(tokenCharacters) ? text : Quote(text);

    private static string Address(IPAddress address) => address.Unmapped().ToString();

    private static string Word<T>(T verdict) where T : struct, Enum => verdict.ToString().ToLowerInvariant();

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\');
            quoted.Append(c is < ' ' or > '~' ? '?' : c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>One result on its way to text, in the order of the grammar: method, comment, reason, properties.</summary>
    private readonly struct Statement(string method, string result)
    {
        private readonly StringBuilder text = new StringBuilder(method, 120).Append('=').Append(result);

        public string Text => text.ToString();

        public Statement Comment(string comment)
        {
            if (comment.Length == 0) return this;
            text.Append(" (");
            foreach (var c in comment) text.Append(c is '(' or ')' or '\\' or < ' ' or > '~' ? '?' : c);
            text.Append(')');
            return this;
        }

        public Statement Reason(string? reason)
        {
            if (!string.IsNullOrEmpty(reason)) text.Append(" reason=").Append(Quote(reason.Length > MaxReason ? reason[..MaxReason] : reason));
            return this;
        }

        // An address stays one, unless a part of it needs quotes (RFC 8601 §2.2, pvalue).
        public Statement Property(string name, string? value)
        {
            if (string.IsNullOrEmpty(value)) return this;
            var at = value.LastIndexOf('@');
            var isAddress = at >= 0 && !value.AsSpan(0, at).ContainsAnyExcept(tokenCharacters) && at + 1 < value.Length && !value.AsSpan(at + 1).ContainsAnyExcept(tokenCharacters);
            text.Append(' ').Append(name).Append('=').Append(isAddress ? value : Value(value));
            return this;
        }
    }
}
