using System.Net;
using Facteur.Server.Configuration;

namespace Facteur.Server.Demo;

/// <summary>Ports of a demo server.</summary>
internal sealed record DemoPorts(int Offset)
{
    public int Smtp => 2525 + Offset;
    public int Submission => 1587 + Offset;
    public int Submissions => 1465 + Offset;
    public int Imap => 1143 + Offset;
    public int Imaps => 1993 + Offset;
    public int Pop3 => 1110 + Offset;
    public int Pop3s => 1995 + Offset;
    public int ManageSieve => 4190 + Offset;
    public int Http => 8080 + Offset;
    public int Https => 8443 + Offset;

    /// <summary>All of them on this machine only.</summary>
    public IReadOnlyList<ListenAddress> Listen() =>
    [
        At("smtp", Smtp), At("submission", Submission), At("submissions", Submissions), At("imap", Imap), At("imaps", Imaps),
        At("pop3", Pop3), At("pop3s", Pop3s), At("managesieve", ManageSieve), At("http", Http), At("https", Https),
    ];

    private static ListenAddress At(string name, int port) => new(ListenerKind.All.First(kind => kind.Name == name), new IPEndPoint(IPAddress.Loopback, port));
}
