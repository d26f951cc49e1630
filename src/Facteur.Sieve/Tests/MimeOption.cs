using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>MIMEOPTS: which element of a MIME field is looked at.</summary>
/// <param name="Element">"type", "subtype", "contenttype" or "param"; null for the whole value.</param>
// RFC 5703 §4.1.
internal sealed record MimeOption(string? Element, IReadOnlyList<SieveString> Parameters)
{
    public static MimeOption Parse(SieveArguments arguments, bool isMime)
    {
        var element = arguments.OneOf("type", "subtype", "contenttype", "param");
        if (element is not null && !isMime) throw arguments.Error(ScriptText.NeedsMime.With(element));
        return new MimeOption(element, element == "param" ? arguments.TaggedStrings("param")! : []);
    }

    public IReadOnlyList<string> Values(SieveRun run, List<HeaderLine> lines)
    {
        run.Work.Spend(lines.Count);
        if (Element is null) return [.. lines.Select(line => line.Text)];
        if (Element == "param")
        {
            var names = run.Expand(Parameters);
            run.Work.Spend((long)names.Length * lines.Count * 20);
            return [.. from line in lines from name in names let value = MimeField.Parameter(line, name) where value is not null select value];
        }
        return [.. from line in lines let type = MimeField.Type(line) where type is not null select Of(line, type.Value)];
    }

    private string Of(HeaderLine line, (string Type, string Subtype) type) => Element switch
    {
        "type" => type.Type,
        "subtype" => type.Subtype,
        _ => line.Is("Content-Type") ? $"{type.Type}/{type.Subtype}" : type.Type,
    };
}
