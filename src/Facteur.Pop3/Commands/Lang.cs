using System.Text;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>LANG: lists the languages of the server's texts, or chooses one; "*" is the one its administrator, or the account's owner, prefers.</summary>
// RFC 6856 §3.
internal sealed record Lang(string? Range) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        if (arguments.IsEmpty) return new Lang((string?)null);
        var range = Encoding.Latin1.GetString(arguments.Word(Pop3Text.LanguageMissing));
        arguments.End();
        return new Lang(range);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        if (Range is null)
        {
            session.Writer.Ok(Pop3Text.Languages);
            foreach (var language in Pop3Texts.All) session.Writer.Line($"{language.Tag} {language.Name}");
            session.Writer.EndOfLines();
            return;
        }
        var wanted = Range == "*" ? await PreferredAsync(session, cancel) : Range;
        session.Writer.Language = Pop3Texts.Find(wanted) ?? throw new Pop3RefusedException(null, Pop3Text.NoSuchLanguage, Printable(Range));
        session.Writer.Ok($"{session.Writer.Language.Tag} {session.Writer.Language[Pop3Text.LanguageChosen]}");
    }

    // Before login the name that USER gave counts for nothing: it would tell who exists (RFC 6856 §7).
    private static ValueTask<string> PreferredAsync(Pop3Session session, CancellationToken cancel) => session.State == Pop3States.Transaction
        ? session.Services.Settings.LocaleAsync(session.Maildrop.Account, cancel)
        : session.Services.Settings.LocaleAsync((Storage.DomainId?)null, cancel);

    private static string Printable(string range)
    {
        var shown = range.Length > 40 ? range[..40] : range;
        return string.Concat(shown.Select(c => c is > ' ' and <= '~' ? c : '?'));
    }
}
