using System.Buffers;
using Facteur.Accounts;
using Facteur.Delivery.Transport;

namespace Facteur.Delivery.Queue;

/// <summary>
/// The setting "route" of an account, a domain or the site: where its mail for other hosts goes. <c>{"host": "relay.example", "port": 587,
/// "tls": "starttls", "user": "u", "password": "p"}</c> is a smarthost; <c>{"direct": true}</c> goes to the mail exchangers although a
/// wider scope has a smarthost; <c>"domains"</c> gives some recipient domains ("example.org", "*.example.org") ways of their own.
/// </summary>
public sealed record RouteDocument
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" []/@\r\n");

    public string? Host { get; init; }

    /// <summary>Default 587 with a login, 465 with TLS from the start, 25 without either.</summary>
    public int? Port { get; init; }

    /// <summary>"starttls": verified, or nothing is sent. "tls": from the first octet. "opportunistic" (also "none"): when it is offered. Default: starttls with a login.</summary>
    public string? Tls { get; init; }
    public string? User { get; init; }
    public string? Password { get; init; }

    /// <summary>The host speaks LMTP.</summary>
    public bool Lmtp { get; init; }

    /// <summary>To the mail exchangers of the recipient's domain.</summary>
    public bool Direct { get; init; }

    public IReadOnlyDictionary<string, RouteDocument>? Domains { get; init; }

    /// <summary>The way this document gives mail for a domain; null when it says nothing about it.</summary>
    /// <param name="domain">A-labels in lower case, or an address literal.</param>
    public DeliveryRoute? For(string domain)
    {
        if (Domains is { Count: > 0 })
        {
            if (Domains.TryGetValue(domain, out var exact)) return exact.Itself(domain);
            for (var dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
                if (Domains.TryGetValue("*" + domain[dot..], out var below)) return below.Itself(domain);
        }
        return Itself(domain);
    }

    /// <summary>What is wrong with the document, in one sentence; null when nothing is.</summary>
    public string? Fault()
    {
        if (Direct && Host is not null) return "A route is direct or has a host, not both.";
        if (Host is not null && (Host.Length is 0 or > 255 || Host.AsSpan().ContainsAny(NotInNames))) return $"The host \"{Host}\" is no host name or address.";
        if (Port is < 1 or > 65_535) return $"The port {Port} is not between 1 and 65535.";
        if (Tls is not (null or "starttls" or "tls" or "opportunistic" or "none")) return $"tls is \"{Tls}\"; allowed are starttls, tls, opportunistic and none.";
        if (User is null != Password is null) return "A login takes a user and a password.";
        if (User is not null && Tls is ("opportunistic" or "none")) return "A password is sent under verified TLS only: tls must be starttls or tls.";
        foreach (var (domain, route) in Domains ?? new Dictionary<string, RouteDocument>())
        {
            if (DomainName.Normalize(domain.StartsWith("*.", StringComparison.Ordinal) ? domain[2..] : domain) is null) return $"\"{domain}\" is no domain.";
            if (route.Fault() is { } fault) return $"{domain}: {fault}";
        }
        return null;
    }

    private DeliveryRoute? Itself(string domain)
    {
        if (Direct) return new MxRoute(domain);
        if (string.IsNullOrEmpty(Host)) return null;
        var tls = Tls switch
        {
            "tls" => SmarthostTls.Implicit,
            "starttls" => SmarthostTls.StartTls,
            null when User is not null => SmarthostTls.StartTls,
            _ => SmarthostTls.Opportunistic,
        };
        var port = Port ?? (tls == SmarthostTls.Implicit ? 465 : User is null ? 25 : 587);
        return new SmarthostRoute(Host.ToLowerInvariant(), port, tls)
        {
            Credentials = User is null ? null : new RouteCredentials(User, Password ?? ""),
            IsLmtp = Lmtp,
        };
    }
}
