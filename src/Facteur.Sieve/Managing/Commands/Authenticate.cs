using System.Buffers.Text;
using System.Text;
using Facteur.Accounts;
using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>AUTHENTICATE: a login by SASL, with or without initial response.</summary>
// RFC 5804 §2.1.
internal sealed record Authenticate(string Mechanism, byte[]? Initial) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader)
    {
        var mechanism = reader.Text("the mechanism");
        return new Authenticate(mechanism, reader.HasMore ? reader.Octets("the initial response") : null);
    }

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        if (!session.MayLogIn) throw new ManageSieveRefusedException("ENCRYPT-NEEDED", "logins without TLS are refused; use STARTTLS first");
        var sasl = SaslServer.Create(Mechanism, session.Logins, session.Client)
            ?? throw new ManageSieveRefusedException(null, $"mechanisms are {string.Join(' ', SaslServer.MechanismsFor(session.Client, session.Logins))}");
        // Spelled out: a null array would turn into empty memory, and "none sent" into "an empty one sent".
        var step = Initial is { } initial ? await sasl.StartAsync(Decode(initial), cancel) : await sasl.StartAsync(null, cancel);
        while (step == SaslStep.Continue)
        {
            session.Writer.Line(Convert.ToBase64String(sasl.Challenge.Span));
            if (await session.ReadAnswerAsync() is not { } answer) return;
            if (answer.AsSpan().SequenceEqual("*"u8)) throw new ManageSieveRefusedException(null, "login cancelled");
            step = await sasl.NextAsync(Decode(answer), cancel);
        }
        if (step == SaslStep.Malformed) throw new ManageSieveSyntaxException($"that is not how {Mechanism.ToUpperInvariant()} is written");
        session.CompleteLogin(sasl.Result);
        session.Writer.Ok("logged in");
    }

    public override string ToString() => "AUTHENTICATE";

    private static byte[] Decode(ReadOnlySpan<byte> base64)
    {
        if (base64.ContainsAny(" \t\r\n"u8) || !Base64.IsValid(base64)) throw new ManageSieveSyntaxException("that is not base64");
        return Convert.FromBase64String(Encoding.ASCII.GetString(base64));
    }
}
