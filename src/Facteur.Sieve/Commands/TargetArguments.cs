using System.Buffers;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>Which mailbox fileinto and :fcc mean.</summary>
/// <param name="Mailbox">Its name, or that of the one to use when the id or the use is not found.</param>
// :create RFC 5490 §3.2; :mailboxid RFC 9042 §4, §5; :specialuse RFC 8579 §4.
internal sealed record TargetArguments(SieveString? Mailbox, bool MayCreate, SieveString? MailboxId, SieveString? SpecialUse)
{
    private const int MaxName = 1_000;

    // atom-specials of RFC 9051 §9 that are visible.
    private static readonly SearchValues<char> atomEnd = SearchValues.Create("(){%*\"\\]");

    public static TargetArguments Parse(SieveArguments arguments)
    {
        var mayCreate = arguments.Flag("create", Extensions.Mailbox);
        var id = arguments.TaggedString("mailboxid", Extensions.MailboxId);
        var use = arguments.TaggedString("specialuse", Extensions.SpecialUse);
        // RFC 9042 §4.2.
        if (id is not null && use is not null) throw new SieveSyntaxException(use.At, ScriptText.ExcludeEachOther.With("specialuse", "mailboxid"));
        if (use is { IsConstant: true } && !IsUseAttribute(use.Source)) throw new SieveSyntaxException(use.At, ScriptText.NotASpecialUse);
        return new TargetArguments(null, mayCreate, id, use);
    }

    /// <summary>use-attr of RFC 6154 §6: a backslash and an atom.</summary>
    public static bool IsUseAttribute(string text) =>
        text.Length is > 1 and <= 64 && text[0] == '\\' && !text.AsSpan(1).ContainsAny(atomEnd) && !text.AsSpan(1).ContainsAnyExceptInRange('!', '~');

    public async ValueTask<SieveTarget> ResolveAsync(SieveRun run, CancellationToken cancel)
    {
        var name = Mailbox!.Expand(run);
        if (name.Length is 0 or > MaxName || name.AsSpan().ContainsAnyInRange('\0', '\x1F') || !OctetText.IsText(name))
            throw new SieveRuntimeException(ScriptText.NoMailboxName.With(OctetText.ToText(VariableScope.Cut(name, 64))));
        if (MailboxId is not null)
        {
            run.Work.Spend(1_000);
            return await run.Host.FindMailboxByIdAsync(MailboxId.Expand(run), cancel) is { } known
                ? new SieveTarget(known.Name, known.Id, false, null) : new SieveTarget(name, null, MayCreate, null);
        }
        return SpecialUse is null ? new SieveTarget(name, null, MayCreate, null) : await ByUseAsync(run, name, cancel);
    }

    private async ValueTask<SieveTarget> ByUseAsync(SieveRun run, string name, CancellationToken cancel)
    {
        var use = SpecialUse!.Expand(run);
        if (!IsUseAttribute(use)) throw new SieveRuntimeException(ScriptText.NoSpecialUse.With(OctetText.ToText(VariableScope.Cut(use, 64))));
        run.Work.Spend(1_000);
        var found = await run.Host.FindSpecialUseAsync(use, cancel);
        // RFC 8579 §4: of several, the one that is named is taken.
        var mailbox = found.FirstOrDefault(m => m.Name == name) ?? (found.Count > 0 ? found[0] : null);
        return mailbox is null ? new SieveTarget(name, null, MayCreate, use) : new SieveTarget(mailbox.Name, mailbox.Id, false, null);
    }
}
