using System.Buffers;
using System.Text;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>The argument of HELO, EHLO and LHLO.</summary>
internal static class HelloName
{
    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]"u8);

    /// <summary>
    /// Reads a domain or an address literal; RFC 5321 §4.1.1.1. Names that are no domain by the letter (an underscore,
    /// one label) are taken: §4.1.4 lets no server refuse mail over it, and Windows hosts send such names.
    /// </summary>
    public static string Read(ref SmtpReader reader)
    {
        var word = reader.Word();
        if (word.IsEmpty) throw Replies.Syntax("your host name is expected");
        if (word.Length > 255 || word.ContainsAnyExcept(Allowed)) throw Replies.Syntax("your host name is of bad form");
        var name = Encoding.ASCII.GetString(word);
        reader.End();
        return name;
    }
}
