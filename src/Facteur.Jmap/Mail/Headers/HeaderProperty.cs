namespace Facteur.Jmap;

/// <summary>A property that stands for header fields: "header:{name}[:as{form}][:all]" (RFC 8621 §4.1.3).</summary>
/// <param name="Field">Name of the field as the client wrote it; compared without case.</param>
/// <param name="All">All instances, in order; else the last one.</param>
internal sealed record HeaderProperty(string Field, HeaderForm Form, bool All = false)
{
    public const string Prefix = "header:";

    /// <summary>Reads the name of a property that starts with <see cref="Prefix"/>.</summary>
    /// <returns>Null when it is none: a bad field name, an unknown suffix, a form that this field has not got.</returns>
    public static HeaderProperty? Read(string name)
    {
        var pieces = name.Split(':');
        if (pieces.Length is < 2 or > 4 || !IsFieldName(pieces[1])) return null;
        var (form, all) = (HeaderForm.Raw, false);
        var at = 2;
        if (at < pieces.Length && HeaderForms.TryRead(pieces[at], out form)) at++;
        if (at < pieces.Length && pieces[at] == "all")
        {
            all = true;
            at++;
        }
        return at == pieces.Length && HeaderForms.IsAllowed(pieces[1], form) ? new HeaderProperty(pieces[1], form, all) : null;
    }

    /// <summary>Printable ASCII without a colon (RFC 8621 §4.1.3; RFC 5322 §3.6.8 "field-name").</summary>
    public static bool IsFieldName(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExceptInRange('!', '~') && !name.Contains(':');
}
