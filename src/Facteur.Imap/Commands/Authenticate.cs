using System.Buffers.Text;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Imap.Commands;

/// <summary>AUTHENTICATE: a SASL exchange, with an initial response or without.</summary>
// RFC 9051 §6.2.2; initial response RFC 4959 §3.
internal sealed record Authenticate(string Mechanism, string? InitialResponse) : ImapCommand
{
    private const int MaxLineOctets = (SaslServer.MaxMessageOctets + 2) / 3 * 4;

    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var mechanism = reader.Atom();
        string? initial = null;
        if (reader.TrySpace())
        {
            initial = Encoding.ASCII.GetString(reader.Rest);
            if (initial.Length == 0) throw new ImapSyntaxException("base64 expected");
        }
        return new Authenticate(mechanism.ToUpperInvariant(), initial);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        LoginOutcome.RequirePrivacy(session);
        var sasl = SaslServer.Create(Mechanism, session.Logins, session.Client)
            ?? throw new ImapRefusedException("CANNOT", "no such mechanism");
        var step = await sasl.StartAsync(InitialResponse is null ? default(ReadOnlyMemory<byte>?) : Decode(InitialResponse), cancel);
        while (step == SaslStep.Continue)
        {
            session.Continue(Convert.ToBase64String(sasl.Challenge.Span));
            var line = await session.ReadLineAsync(MaxLineOctets, session.Options.IdleTimeout);
            if (line is [(byte)'*']) throw new ImapSyntaxException("cancelled"); // RFC 9051 §6.2.2
            step = await sasl.NextAsync(Decode(Encoding.ASCII.GetString(line)), cancel);
        }
        if (step == SaslStep.Malformed) throw new ImapSyntaxException("not a message of this mechanism");
        LoginOutcome.Apply(session, sasl.Result);
    }

    // "=" is an initial response of no octets (RFC 4959 §3); a continuation of none is an empty line.
    private static ReadOnlyMemory<byte> Decode(string base64)
    {
        if (base64 is "=" or "") return ReadOnlyMemory<byte>.Empty;
        if (base64.Length > MaxLineOctets || !Base64.IsValid(base64) || base64.AsSpan().ContainsAny(" \t"))
            throw new ImapSyntaxException("base64 expected");
        return Convert.FromBase64String(base64);
    }

    public override string ToString() => "AUTHENTICATE";
}
