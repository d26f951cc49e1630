using System.Text;

namespace Facteur.Accounts;

/// <summary>client-first-message (RFC 5802 §7): gs2-header, then "n=user,r=nonce".</summary>
/// <param name="Binding">'n': the client cannot bind; 'y': it can and thinks the server cannot; 'p': it does, to <paramref name="BindingType"/>.</param>
/// <param name="Header">gs2-header as it was sent, with its last comma: what "c=" repeats.</param>
/// <param name="Bare">client-first-message-bare as it was sent: a part of what is signed.</param>
internal sealed record ScramClientFirst(char Binding, string BindingType, string AuthorizationId, string Header, string Bare, string User, string Nonce)
{
    /// <summary>Null when it is not of the form, or has an extension that must be understood ("m=").</summary>
    public static ScramClientFirst? Parse(string text)
    {
        // The header is up to the second comma: names in it have theirs written "=2C".
        var first = text.IndexOf(',');
        var second = first < 0 ? -1 : text.IndexOf(',', first + 1);
        if (second < 0 || text.Contains('\0')) return null;
        var (flag, authzid, bare) = (text[..first], text[(first + 1)..second], text[(second + 1)..]);
        if (flag is not ("n" or "y") && !(flag.StartsWith("p=", StringComparison.Ordinal) && flag.Length > 2)) return null;
        var authorizationId = "";
        if (authzid.Length > 0)
        {
            if (!authzid.StartsWith("a=", StringComparison.Ordinal) || Unescape(authzid[2..]) is not { Length: > 0 } name) return null;
            authorizationId = name;
        }
        if (bare.Split(',') is not [['n', '=', .. var user], ['r', '=', .. var nonce], .. var extensions]) return null;
        if (Unescape(user) is not { Length: > 0 } plain || !IsNonce(nonce) || !extensions.All(IsAttribute)) return null;
        return new ScramClientFirst(flag[0], flag.Length > 2 ? flag[2..] : "", authorizationId, text[..(second + 1)], bare, plain, nonce);
    }

    /// <summary>Printable ASCII without a comma.</summary>
    private static bool IsNonce(string text) => text.Length > 0 && text.All(c => c is >= '!' and <= '~' and not ',');

    // Unknown ones are passed over (RFC 5802 §5.1).
    private static bool IsAttribute(string text) => text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == '=';

    /// <summary>saslname: "=2C" and "=3D", and no other "=" (RFC 5802 §5.1).</summary>
    private static string? Unescape(string name)
    {
        if (!name.Contains('=')) return name;
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '=')
            {
                text.Append(name[i]);
                continue;
            }
            var code = name.AsSpan(i + 1);
            if (code.StartsWith("2C", StringComparison.Ordinal)) text.Append(',');
            else if (code.StartsWith("3D", StringComparison.Ordinal)) text.Append('=');
            else return null;
            i += 2;
        }
        return text.ToString();
    }
}

/// <summary>client-final-message (RFC 5802 §7): "c=binding,r=nonce,…,p=proof".</summary>
/// <param name="WithoutProof">As it was sent, up to ",p=": a part of what is signed.</param>
internal sealed record ScramClientFinal(byte[] Binding, string Nonce, byte[] Proof, string WithoutProof)
{
    public static ScramClientFinal? Parse(string text)
    {
        var at = text.LastIndexOf(",p=", StringComparison.Ordinal);
        if (at < 0 || text[..at].Split(',') is not [['c', '=', .. var binding], ['r', '=', .. var nonce], ..]) return null;
        try
        {
            return new ScramClientFinal(Convert.FromBase64String(binding), nonce, Convert.FromBase64String(text[(at + 3)..]), text[..at]);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
