using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;

namespace Facteur.Sieve.Running;

/// <summary>One script on one message: all that changes while it runs.</summary>
internal sealed class SieveRun
{
    // Folded values of fields: the same few are held against the keys of many tests. Long ones, bodies, are known by the object they are.
    private const int MaxFolded = 256, MaxFoldedCharacters = 1_024, MaxFoldedTexts = 8;

    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, Comparator), FoldedText> folded = [];
    private readonly List<(string Text, Comparator Comparator, FoldedText Folded)> foldedTexts = [];

    public SieveRun(SieveScript script, SieveMessage message, SieveContext context, SieveHost host, SieveLimits limits)
    {
        Limits = limits;
        Context = context;
        Host = host;
        Work = new WorkMeter(limits.MaxWork);
        Message = new MessageState(message, limits, Work);
        Flags = new FlagSet(context.Flags, limits);
        Plan = new ActionPlan(this);
        Frame = new ScriptFrame(script, null, SieveScriptLocation.Personal, null, new VariableScope(shared, limits), []);
    }

    public SieveLimits Limits { get; }

    public SieveContext Context { get; }

    public SieveHost Host { get; }

    public WorkMeter Work { get; }

    public MessageState Message { get; }

    /// <summary>The internal variable of imap4flags (RFC 5232 §3).</summary>
    public FlagSet Flags { get; }

    public ActionPlan Plan { get; }

    public ScriptFrame Frame { get; set; }

    /// <summary>The command or test being run, for errors.</summary>
    public SievePosition At { get; private set; } = new(1, 1);

    /// <summary>The loop that "break" ends.</summary>
    public PartLoop? Broken { get; set; }

    /// <summary>Include commands followed so far.</summary>
    public int Includes { get; set; }

    /// <summary>Scripts included so far, for :once (RFC 6609 §3.2).</summary>
    public HashSet<(SieveScriptLocation, string)> Included { get; } = [];

    /// <summary>Ids to be remembered when all went well (RFC 7352 §3).</summary>
    public Dictionary<(string?, string), SieveDuplicate> Duplicates { get; } = [];

    public FoldedText Folded(string value, Comparator comparator)
    {
        if (value.Length > MaxFoldedCharacters) return FoldedLong(value, comparator);
        if (folded.TryGetValue((value, comparator), out var known)) return known;
        var text = comparator.Fold(value);
        if (folded.Count < MaxFolded) folded.Add((value, comparator), text);
        return text;
    }

    private FoldedText FoldedLong(string value, Comparator comparator)
    {
        foreach (var known in foldedTexts)
            if (ReferenceEquals(known.Text, value) && ReferenceEquals(known.Comparator, comparator)) return known.Folded;
        Work.Spend(comparator.FoldWork(value));
        var text = comparator.Fold(value);
        if (foldedTexts.Count == MaxFoldedTexts) foldedTexts.RemoveAt(0);
        foldedTexts.Add((value, comparator, text));
        return text;
    }

    public VariableScope NewScope() => new(shared, Limits);

    /// <summary>Says what runs next, and that it may.</summary>
    public void Enter(SievePosition at, IReadOnlyList<string> deferred)
    {
        At = at;
        Work.Spend(2);
        foreach (var extension in deferred)
            if (!Frame.IsEnabled(extension)) throw new SieveRuntimeException(ScriptText.UsedWithoutRequire.With(extension));
    }

    public ValueTask<bool> TestAsync(SieveTest test, CancellationToken cancel)
    {
        Enter(test.At, test.Deferred);
        return test.EvaluateAsync(this, cancel);
    }

    public string[] Expand(IReadOnlyList<Compiling.SieveString> strings)
    {
        var texts = new string[strings.Count];
        for (var i = 0; i < texts.Length; i++) texts[i] = strings[i].Expand(this);
        Work.Spend(texts.Length / 4);
        return texts;
    }

    /// <summary>No such thing exists where a message only changes in its mailbox (RFC 6785 §3.11, §4.6).</summary>
    public void RequireDelivery(string what)
    {
        if (Context.ImapEvent is not null) throw new SieveRuntimeException(ScriptText.NotInAnEvent.With(what));
    }
}
