using Facteur.Net;

namespace Facteur.Server.Configuration;

/// <summary>What is spoken behind a listener.</summary>
internal enum ListenerProtocol { Smtp, Submission, Lmtp, Imap, Pop3, ManageSieve, Http }

/// <summary>A listener by its name in the configuration.</summary>
/// <param name="Port">Its registered port.</param>
/// <param name="ByDefault">Opened when the configuration says nothing of listeners.</param>
internal sealed record ListenerKind(string Name, int Port, ListenerProtocol Protocol, bool ImplicitTls, bool ByDefault)
{
    /// <summary>A further port that is opened by default.</summary>
    public int? OtherPort { get; init; }

    /// <summary>The ports opened when the configuration says nothing of listeners.</summary>
    public IEnumerable<int> DefaultPorts => ByDefault ? OtherPort is { } other ? [Port, other] : [Port] : [];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ListenerKind> All { get; } =
    [
        new("smtp", 25, ListenerProtocol.Smtp, ImplicitTls: false, ByDefault: true),
        // 2525: some networks let neither 587 nor 465 out.
        new("submission", 587, ListenerProtocol.Submission, ImplicitTls: false, ByDefault: true) { OtherPort = 2525 },
        new("submissions", 465, ListenerProtocol.Submission, ImplicitTls: true, ByDefault: true),
        new("lmtp", 24, ListenerProtocol.Lmtp, ImplicitTls: false, ByDefault: false),
        new("imap", 143, ListenerProtocol.Imap, ImplicitTls: false, ByDefault: true),
        new("imaps", 993, ListenerProtocol.Imap, ImplicitTls: true, ByDefault: true),
        new("pop3", 110, ListenerProtocol.Pop3, ImplicitTls: false, ByDefault: true),
        new("pop3s", 995, ListenerProtocol.Pop3, ImplicitTls: true, ByDefault: true),
        new("managesieve", 4190, ListenerProtocol.ManageSieve, ImplicitTls: false, ByDefault: true), // RFC 5804 §1.8
        new("http", 80, ListenerProtocol.Http, ImplicitTls: false, ByDefault: false),
        new("https", 443, ListenerProtocol.Http, ImplicitTls: true, ByDefault: false),
    ];

    /// <summary>Budgets of its connections: mail servers never log in.</summary>
    public ConnectionLimits Limits => Protocol is ListenerProtocol.Smtp or ListenerProtocol.Lmtp ? ConnectionLimits.Relay : ConnectionLimits.Login;
}
