using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Access tokens that were given to programs (OAuth 2.0), as XOAUTH2 and OAUTHBEARER bring them.</summary>
public interface IAccessTokens
{
    /// <summary>Whose a token is, what it may be used for and which program has it; null when it is unknown, expired or withdrawn.</summary>
    ValueTask<(AccountId Account, IReadOnlyCollection<MailProtocol> Scope, string Client)?> FindAsync(string token, CancellationToken cancel);
}
