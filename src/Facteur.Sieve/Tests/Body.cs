using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>body: what stands in the body, raw, by content type, or as text.</summary>
// RFC 5173 §4, §5.
internal sealed record Body(string Transform, IReadOnlyList<SieveString> Types, MatchSpec Match, MatchKeys Keys) : SieveTest
{
    private const int MaxParts = 1_000;

    public static SieveTest Parse(SieveArguments arguments)
    {
        var transform = arguments.OneOf("raw", "content", "text") ?? "text";
        var types = transform == "content" ? arguments.TaggedStrings("content")! : [];
        var match = MatchSpec.Parse(arguments, mayList: false);
        return new Body(transform, types, match, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var part = run.Message.Part(run.Frame.Scope) ?? run.Message.Root;
        var texts = new List<string>();
        if (Transform == "raw") texts.Add(await run.Message.Texts.RawAsync(part.BodyOffset, part.BodyLength, cancel));
        else await AddPartsAsync(run, part, texts, cancel);
        return Match.IsCount ? Match.Counts(run, texts.Count, Keys) : await Match.AnyAsync(run, texts, Keys, cancel, remembers: false);
    }

    private async ValueTask AddPartsAsync(SieveRun run, MessagePart root, List<string> texts, CancellationToken cancel)
    {
        var types = run.Expand(Types);
        var open = new Stack<MessagePart>([root]);
        for (var seen = 0; seen < MaxParts && open.TryPop(out var part); seen++)
        {
            run.Work.Spend(60 + types.Length * 4 + part.Children.Count);
            for (var i = part.Children.Count - 1; i >= 0; i--) open.Push(part.Children[i]);
            if (Transform == "text")
            {
                if (part.Type == "text") texts.Add(await run.Message.Texts.PlainAsync(part, cancel));
            }
            else if (Array.Exists(types, type => Fits(part, type))) await AddAsync(run, part, texts, cancel);
        }
    }

    private static async ValueTask AddAsync(SieveRun run, MessagePart part, List<string> texts, CancellationToken cancel)
    {
        if (part.IsMessage) texts.Add(await run.Message.Texts.RawAsync(part.Children[0].HeaderOffset, part.Children[0].HeaderLength, cancel));
        else if (part.IsMultipart && part.Children.Count > 0) await AddAroundAsync(run, part, texts, cancel);
        else texts.Add(await run.Message.Texts.DecodedAsync(part, cancel));
    }

    /// <summary>Of a multipart what stands before its first part and after its last, without the boundaries.</summary>
    private static async ValueTask AddAroundAsync(SieveRun run, MessagePart part, List<string> texts, CancellationToken cancel)
    {
        var first = part.Children[0];
        var last = part.Children[^1];
        var before = await run.Message.Texts.RawAsync(part.BodyOffset, first.HeaderOffset - part.BodyOffset, cancel);
        var delimiter = before.LastIndexOf("--", StringComparison.Ordinal);
        texts.Add(delimiter < 0 ? before : before[..(before.LastIndexOf('\n', delimiter) + 1)]);
        var end = last.BodyOffset + last.BodyLength;
        var after = await run.Message.Texts.RawAsync(end, part.BodyOffset + part.BodyLength - end, cancel);
        var close = after.IndexOf("--", StringComparison.Ordinal);
        var rest = close < 0 ? -1 : after.IndexOf('\n', close);
        texts.Add(rest < 0 ? "" : after[(rest + 1)..]);
    }

    private static bool Fits(MessagePart part, string type)
    {
        if (type.Length == 0) return true;
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return part.Type.Equals(type, StringComparison.OrdinalIgnoreCase);
        return slash > 0 && slash < type.Length - 1 && type.LastIndexOf('/') == slash && $"{part.Type}/{part.Subtype}".Equals(type, StringComparison.OrdinalIgnoreCase);
    }
}
