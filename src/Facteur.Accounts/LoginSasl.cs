namespace Facteur.Accounts;

/// <summary>LOGIN: user name, then password, each for a prompt (draft-murchison-sasl-login). Never standardised; Outlook knows nothing better.</summary>
internal sealed class LoginSasl(LoginService logins, LoginClient client) : SaslServer(logins, client)
{
    // Outlook compares the prompts octet by octet.
    private static readonly ReadOnlyMemory<byte> UserNamePrompt = "Username:"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> PasswordPrompt = "Password:"u8.ToArray();

    private string? user;

    public override ValueTask<SaslStep> StartAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancel)
    {
        user = null;
        // Outlook sends the user name with AUTH LOGIN; an empty one ("=") is no name, so it is asked for.
        if (initialResponse is { Length: > 0 } response) return NextAsync(response, cancel);
        Challenge = UserNamePrompt;
        return new(SaslStep.Continue);
    }

    public override ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancel)
    {
        if (Decode(response.Span) is not { } text) return new(SaslStep.Malformed);
        if (user is not null) return LoginAsync("", user, text, cancel);
        user = text;
        Challenge = PasswordPrompt;
        return new(SaslStep.Continue);
    }
}
