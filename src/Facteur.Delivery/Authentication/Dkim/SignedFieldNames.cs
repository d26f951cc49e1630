using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Which fields are signed (RFC 6376 §5.4.1), each as often as it is there.</summary>
internal static class SignedFieldNames
{
    // Named once more than they are there, so that nobody can add one that a reader would be shown (RFC 6376 §5.4.2).
    private static readonly string[] oversigned =
    [
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Content-Description",
    ];

    // Mailing lists add these: signed as they are, without a claim that there are no others. One-click unsubscription must be
    // signed (RFC 8058 §4).
    private static readonly string[] asTheyAre =
    [
        "Sender", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Date", "Resent-Message-ID",
        "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner", "List-Archive",
        "Feedback-ID", "Autocrypt", "Importance", "Auto-Submitted",
    ];

    /// <summary>The names for h= of a DKIM-Signature.</summary>
    public static List<string> ForDkim(SignedHeader header)
    {
        var names = new List<string>(32);
        foreach (var name in oversigned) Add(names, name, Count(header, name) + 1);
        foreach (var name in asTheyAre) Add(names, name, Count(header, name));
        return names;
    }

    /// <summary>The names for h= of an ARC-Message-Signature: DKIM-Signatures as well (RFC 8617 §4.1.2), nothing that is not there.</summary>
    /// <remarks>The next hop may be one more list: what it adds must not break the chain that tells of it.</remarks>
    public static List<string> ForArc(SignedHeader header)
    {
        var names = new List<string>(32);
        foreach (var name in oversigned) Add(names, name, Count(header, name));
        foreach (var name in asTheyAre) Add(names, name, Count(header, name));
        Add(names, "DKIM-Signature", Count(header, "DKIM-Signature"));
        return names;
    }

    private static int Count(SignedHeader header, string name)
    {
        Span<byte> octets = stackalloc byte[name.Length];
        Encoding.ASCII.GetBytes(name, octets);
        var count = 0;
        foreach (var field in header.Fields)
            if (header.Is(field, octets)) count++;
        return count;
    }

    // A header may hold one field hundreds of times; nobody's h= is that long.
    private static void Add(List<string> names, string name, int count)
    {
        for (var i = 0; i < Math.Min(count, 20); i++) names.Add(name);
    }
}
