using System.Globalization;
using System.Text;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>What becomes of a message. There is no silent drop: it is refused in the session, or it is where its owner finds it.</summary>
public enum FilterAction : byte
{
    /// <summary>To the inbox, or wherever the owner's rules say.</summary>
    Accept,
    /// <summary>To the Junk mailbox, with the reasons in its header and in the trace.</summary>
    Junk,
    /// <summary>Refused for now: a checker that must answer does not.</summary>
    Defer,
    /// <summary>Refused in the session.</summary>
    Reject,
}

/// <summary>One thing that spoke for or against a message.</summary>
/// <param name="Name">Stable: lower-case words parted by dots, such as "spf.fail" or "list.zen.example".</param>
/// <param name="Score">Points; above 0 speaks for spam.</param>
/// <param name="English">What was found, in a few words for the owner of the mailbox.</param>
/// <param name="French">The same in French.</param>
public sealed record FilterReason(string Name, double Score, string English, string French)
{
    /// <summary>In the language of an account: French for "fr" and its regions, else English.</summary>
    public string Text(string language) => language.StartsWith("fr", StringComparison.OrdinalIgnoreCase) ? French : English;
}

/// <summary>What the message means for one account: its own words of the spam filter, its known correspondents, its limits.</summary>
/// <param name="Action">Accept or Junk.</param>
/// <param name="Score">Points of the message and of the account's own reasons.</param>
/// <param name="JunkAt">Points from which this account has it in Junk.</param>
/// <param name="Reasons">Those of the account alone.</param>
public sealed record AccountVerdict(FilterAction Action, double Score, double JunkAt, IReadOnlyList<FilterReason> Reasons);

/// <summary>A field that a checker adds to the message.</summary>
/// <param name="Value">Body, folded with CRLF where the checker folded it; safe to write between "Name: " and CRLF.</param>
public sealed record AddedField(string Name, string Value);

/// <summary>What the filter says of a message.</summary>
/// <param name="Action">For the whole message. With Accept or Junk ask <see cref="For"/> for each account.</param>
/// <param name="Score">Points of the message, without what single accounts add.</param>
/// <param name="Reasons">In the order of the checks.</param>
/// <param name="Refusal">The answer to DATA; there with Defer and Reject, else null.</param>
public sealed record FilterVerdict(FilterAction Action, double Score, IReadOnlyList<FilterReason> Reasons, SmtpRefusal? Refusal)
{
    /// <summary>Name of the field of <see cref="FieldValue"/>. Fields of this name that come with a message are removed or renamed by the pipeline (S-20).</summary>
    public const string FieldName = "X-Facteur-Spam";

    private const int MaxFieldOctets = 8 * 1024;

    /// <summary>Nothing was found, because nothing was looked for.</summary>
    public static readonly FilterVerdict Unchecked = new(FilterAction.Accept, 0, [], null);

    public IReadOnlyDictionary<AccountId, AccountVerdict> Accounts { get; init; } = new Dictionary<AccountId, AccountVerdict>();

    /// <summary>What checkers outside this process add to the header (X-Spam-..., X-Virus-...), in order.</summary>
    public IReadOnlyList<AddedField> AddedFields { get; init; } = [];

    /// <summary>The message for one account; the same as for all where nothing of its own counts.</summary>
    public AccountVerdict For(AccountId account) => Accounts.TryGetValue(account, out var own) ? own : new AccountVerdict(Action, Score, 0, []);

    /// <summary>
    /// Body of the field that tells the owner what was found, folded with CRLF and a tab, ASCII: "no; score=1.5; spf.softfail=1.5 (text)".
    /// A message is stored once for all of its recipients, so with several accounts it holds what was found for all of them.
    /// </summary>
    public string FieldValue()
    {
        var only = Accounts.Count == 1 ? Accounts.Values.First() : null;
        var text = new StringBuilder(200);
        text.Append((only?.Action ?? Action) == FilterAction.Accept ? "no" : "yes");
        text.Append(CultureInfo.InvariantCulture, $"; score={only?.Score ?? Score:0.0#}");
        foreach (var reason in only is null ? Reasons : Reasons.Concat(only.Reasons))
        {
            var words = Comment(reason.English);
            if (text.Length + words.Length > MaxFieldOctets) break;
            text.Append(CultureInfo.InvariantCulture, $";\r\n\t{Comment(reason.Name)}={reason.Score:0.0#}");
            if (words.Length > 0) text.Append(" (").Append(words).Append(')');
        }
        return text.ToString();
    }

    /// <summary>What the trace keeps of it (<see cref="TraceEvent.Detail"/>), readable in a language.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Detail(AccountId? account, string language)
    {
        var own = account is { } id ? For(id) : null;
        var reasons = own is null ? Reasons : Reasons.Concat(own.Reasons);
        var why = string.Join("; ", reasons.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Text(language)} ({reason.Score:+0.0#;-0.0#;0})")));
        return
        [
            new("filter", (own?.Action ?? Action).ToString().ToLowerInvariant()),
            new("score", (own?.Score ?? Score).ToString("0.0#", CultureInfo.InvariantCulture)),
            new("why", why.Length > 1_000 ? why[..999] + "…" : why),
        ];
    }

    // A comment of RFC 5322 §3.2.2 holds no parenthesis or backslash unescaped; senders choose some of these words.
    private static string Comment(string text)
    {
        var safe = new StringBuilder(Math.Min(text.Length, 300));
        foreach (var c in text)
        {
            if (safe.Length == 300) break;
            safe.Append(c switch { '(' => '[', ')' => ']', < ' ' or > '~' or '\\' or ';' => ' ', _ => c });
        }
        return safe.ToString().Trim();
    }
}
