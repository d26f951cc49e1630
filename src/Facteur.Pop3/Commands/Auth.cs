using System.Text;
using Facteur.Accounts;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>AUTH: a login by SASL, with or without initial response. Alone it lists the mechanisms, as Outlook asks it to.</summary>
// RFC 5034 §4; the bare form is of before RFC 5034 and kept for Outlook (CLIENTS 7).
internal sealed record Auth(string? Mechanism, ReadOnlyMemory<byte>? Initial) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        if (arguments.IsEmpty) return new Auth(null, null);
        var mechanism = Encoding.ASCII.GetString(arguments.Word(Pop3Text.MechanismMissing));
        if (arguments.IsEmpty) return new Auth(mechanism, null);
        var initial = arguments.Word(Pop3Text.InitialMissing).ToArray();
        arguments.End();
        return new Auth(mechanism, initial);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        if (Mechanism is null)
        {
            ListMechanisms(session);
            return;
        }
        RequirePrivacy(session);
        session.UserName = null;
        var sasl = SaslServer.Create(Mechanism, session.Logins, session.Client)
            ?? throw new Pop3RefusedException(null, Pop3Text.MechanismsAre, string.Join(' ', SaslServer.MechanismsFor(session.Client, session.Logins)));
        // Spelled out: a null array would turn into empty memory, and "none sent" into "an empty one sent".
        var step = Initial is { } initial
            ? await sasl.StartAsync(Decode(initial.Span, isInitial: true), cancel)
            : await sasl.StartAsync(null, cancel);
        while (step == SaslStep.Continue)
        {
            session.Writer.Challenge(sasl.Challenge.Span);
            if (await session.ReadSaslLineAsync() is not { } line) return;
            step = await sasl.NextAsync(Decode(line.Span, isInitial: false), cancel);
        }
        if (step == SaslStep.Malformed) throw new Pop3SyntaxException(Pop3Text.NotHowWritten, Mechanism.ToUpperInvariant());
        await session.CompleteLoginAsync(sasl.Result, cancel);
    }

    /// <summary>No password in clear, but from this machine itself where the administrator allows it.</summary>
    public static void RequirePrivacy(Pop3Session session)
    {
        if (!session.MayLogIn)
            throw new Pop3RefusedException(null, Pop3Text.TlsNeeded);
    }

    public override string ToString() => $"AUTH {Mechanism}";

    private static void ListMechanisms(Pop3Session session)
    {
        session.Writer.Ok(Pop3Text.Mechanisms);
        if (session.MayLogIn)
            foreach (var mechanism in SaslServer.MechanismsFor(session.Client, session.Logins)) session.Writer.Line(mechanism);
        session.Writer.EndOfLines();
    }

    private static byte[] Decode(ReadOnlySpan<byte> line, bool isInitial)
    {
        if (isInitial && line.SequenceEqual("="u8)) return []; // RFC 5034 §4: an empty initial response
        if (!isInitial && line.SequenceEqual("*"u8)) throw new Pop3RefusedException(null, Pop3Text.LoginCancelled);
        return Base64Line.Decode(line) ?? throw new Pop3SyntaxException(Pop3Text.NotBase64);
    }
}
