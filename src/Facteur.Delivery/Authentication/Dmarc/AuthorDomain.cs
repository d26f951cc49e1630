using Facteur.Mail;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>Whom a message says it is from (RFC 7489 §6.6.1), read by the parser that also shows it to people.</summary>
/// <remarks>One address in one From field, without source route and group, or it is a problem: what different programs read differently is
/// how a false author is shown beside a true signature (S-19).</remarks>
/// <param name="Domain">A-labels, lower case; null when there is a problem, and for an address literal, which no record speaks for.</param>
/// <param name="Address">The one address; null when there is a problem.</param>
/// <param name="Problem">Why the message has no one author, in words for its sender; or null.</param>
public sealed record AuthorDomain(string? Domain, MailAddress? Address, string? Problem)
{
    // The first element that should not be there is enough.
    private const int MaxElements = 2;

    /// <param name="fields">From fields in the header.</param>
    /// <param name="from">Body of the one that is there, folds included.</param>
    public static AuthorDomain Read(int fields, ReadOnlySpan<byte> from)
    {
        if (fields == 0) return Bad("the message has no From field");
        if (fields > 1) return Bad("the message has several From fields");
        var elements = AddressParser.ParseList(from, MaxElements);
        if (elements.Count == 0) return Bad("the From field holds no address");
        if (elements.Any(element => element.Kind != AddressItemKind.Mailbox)) return Bad("the From field holds a group");
        if (elements.Count > 1) return Bad("the From field holds more than one address");
        var author = elements[0];
        if (author.Route is not null) return Bad("the From field holds a source route");
        if (author.Domain.Length == 0) return Bad("the From field holds no address");
        if (!MailAddress.TryCreate(author.LocalPart, author.Domain, out var address)) return Bad("the From field holds no valid address");
        if (address.Domain.StartsWith('[')) return new AuthorDomain(null, address, null);
        return DnsName.OfMail(address.Domain) is { } domain ? new AuthorDomain(domain, address, null) : Bad("the From field holds no valid domain");
    }

    private static AuthorDomain Bad(string problem) => new(null, null, problem);
}
