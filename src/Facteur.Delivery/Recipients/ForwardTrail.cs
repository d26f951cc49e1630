using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Recipients;

/// <summary>The addresses of Delivered-To fields: through whom a message was sent on before.</summary>
public sealed class ForwardTrail
{
    // More than any path has hops; above, everything counts as a loop.
    private const int MaxFields = 50;

    private readonly HashSet<string> addresses = new(StringComparer.OrdinalIgnoreCase);
    private bool isTooLong;

    private ForwardTrail()
    {
    }

    public bool IsEmpty => addresses.Count == 0;

    public static ForwardTrail Read(ReadOnlySpan<byte> header)
    {
        var trail = new ForwardTrail();
        var count = 0;
        foreach (var field in new HeaderFields(header))
        {
            if (!field.Is("Delivered-To"u8)) continue;
            trail.isTooLong = ++count > MaxFields;
            if (trail.isTooLong) break;
            trail.addresses.Add(Encoding.UTF8.GetString(HeaderFields.Unfold(field.Value)).Trim('<', '>', ' '));
        }
        return trail;
    }

    public bool Holds(string address) => isTooLong || addresses.Contains(address);

    /// <summary>The field that a message carries when <paramref name="via"/> sends it on, for the prefix of its queue entry; its content stays as it is, so that signatures hold.</summary>
    public static byte[] Field(string via) => Encoding.UTF8.GetBytes($"Delivered-To: {Safe(via)}\r\n");

    private static string Safe(string address) => address.AsSpan().ContainsAnyInRange('\0', '\u001F') ? "" : address;
}
