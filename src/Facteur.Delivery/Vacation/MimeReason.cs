using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Vacation;

/// <summary>The text of "vacation :mime": a MIME entity with its header, as the body of a reply.</summary>
// RFC 5230 §4.4. Of its header only the Content- fields count (S-03); what is no entity is sent as the text it is.
internal static class MimeReason
{
    private const int MaxParameters = 20;

    public static MimeEntity Read(string reason)
    {
        var octets = Encoding.UTF8.GetBytes(reason.ReplaceLineEndings("\r\n"));
        var end = octets.AsSpan().StartsWith("\r\n"u8) ? 0 : octets.AsSpan().IndexOf("\r\n\r\n"u8) is >= 0 and var at ? at + 2 : -1;
        var header = end < 0 ? default : octets.AsSpan(0, end);
        if (end < 0 || !Ascii.IsValid(header)) return MimeEntity.Text(reason);
        var entity = MimeEntity.Verbatim(TypeOf(header, out var parameters), octets.AsMemory(end + 2));
        foreach (var parameter in parameters) entity.With(parameter.Name, parameter.Value);
        foreach (var field in new HeaderFields(header))
        {
            var name = Encoding.ASCII.GetString(field.Name);
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) continue;
            var value = Encoding.ASCII.GetString(HeaderFields.Unfold(field.Value)).Trim();
            // 7bit and 8bit are written as the octets are.
            if (name.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && value.ToLowerInvariant() is not ("base64" or "quoted-printable")) continue;
            if (IsName(name)) entity.Fields.Add(new(name, value));
        }
        return entity;
    }

    private static string TypeOf(ReadOnlySpan<byte> header, out List<MimeParameter> parameters)
    {
        parameters = [];
        if (!HeaderFields.TryFind(header, "Content-Type"u8, out var value)) return "text/plain";
        var unfolded = HeaderFields.Unfold(value);
        var semicolon = unfolded.IndexOf((byte)';');
        var type = Encoding.ASCII.GetString(semicolon < 0 ? unfolded : unfolded[..semicolon]).Trim().ToLowerInvariant();
        if (semicolon >= 0) parameters = [.. MimeParameters.Parse(unfolded[semicolon..], MaxParameters).Where(parameter => !parameter.IsExtended)];
        return type.Count(c => c == '/') == 1 && !type.AsSpan().ContainsAnyExceptInRange('!', '~') ? type : "text/plain";
    }

    private static bool IsName(string name) => name.Length <= 76 && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal);
}
