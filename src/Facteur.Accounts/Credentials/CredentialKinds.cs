namespace Facteur.Accounts;

/// <summary>Names of credentials as the directory keeps them.</summary>
public static class CredentialKinds
{
    public const string Password = "password", AppPassword = "app-password", Scram = "scram-sha-256", Certificate = "certificate", Totp = "totp",
        Recovery = "recovery", Passkey = "passkey";
}
