using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Forwarding;

/// <summary>
/// Asks the owners of addresses that mail is to be sent on to: each gets a message with a code, and gives the code to whoever asked. What the
/// message says is ours but for the two addresses, so that nobody writes to strangers by it.
/// </summary>
/// <remarks>How many codes go out and how often one is guessed at, <see cref="AccountService.AskForwardAsync"/> and <see cref="AccountService.ConfirmForwardAsync"/> limit.</remarks>
public sealed class ForwardConfirmations(OwnMessages own, AccountSettings settings, DeliveryOptions options, TimeProvider time)
{
    /// <summary>Adds an address that mail of an account is sent on to, and sends it a code when it is not one of this server.</summary>
    /// <param name="use">All mail goes to it as soon as it is confirmed; else where rules send it, or once it is chosen.</param>
    /// <returns>The code that was sent, for an administrator alone; null: none is needed, the address is good.</returns>
    /// <exception cref="AccountRuleException">As <see cref="AccountService.AskForwardAsync"/>.</exception>
    public async ValueTask<string?> AskAsync(AccountService accounts, string account, string target, bool use, CancellationToken cancel)
    {
        if (await accounts.AskForwardAsync(account, target, cancel, use) is not { } code) return null;
        var owner = await accounts.GetAccountAsync(account, cancel);
        // As it is kept: what was typed may be spelt otherwise.
        await SendAsync(owner, EmailAddress.TryParse(target, out var parsed) ? parsed.ToString() : target, code, use, cancel);
        return code;
    }

    private async ValueTask SendAsync(AccountRecord owner, string target, string code, bool use, CancellationToken cancel)
    {
        var now = time.GetLocalNow();
        var locale = await settings.LocaleAsync(owner, cancel);
        var (subject, text) = locale.StartsWith("fr", StringComparison.OrdinalIgnoreCase) ? French(owner.Address, target, code, use) : English(owner.Address, target, code, use);
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.forward.{Guid.NewGuid():N}@{options.HostName}");
        var content = new MessageBuilder { Date = now, Subject = subject, MessageId = id }
            .From(owner.Address)
            .To(target)
            .Header("Auto-Submitted", "auto-generated") // RFC 3834 §5
            .Header("X-Auto-Response-Suppress", "All")
            .Text(text)
            .ToArray();
        // From the account, which it knows rather than our host.
        await own.SendAsync(new OwnMessage(owner.Id, owner.Address, [target], content, "code", id, subject) { Sender = owner.Address, NeedsSmtpUtf8 = !System.Text.Ascii.IsValid(target) || !System.Text.Ascii.IsValid(owner.Address) }, cancel);
    }

    private static (string Subject, string Text) English(string account, string target, string code, bool use) => (
        $"{account} wants to send mail on to you",
        $"""
        Hello,

        {account} wants {(use ? "all mail that arrives there" : "mail that arrives there")} to be sent on to you, at {target}.

        If that is fine with you, give this code to the owner of {account}:

            {code}

        It is good for a week. Whoever has it can have mail sent to you: give it to nobody else.

        If you do not know what this is about, you need not do anything. Nothing is sent to you without the code.
        """);

    private static (string Subject, string Text) French(string account, string target, string code, bool use) => (
        $"{account} souhaite vous transférer du courrier",
        $"""
        Bonjour,

        {account} souhaite que {(use ? "tout le courrier qui lui arrive" : "du courrier qui lui arrive")} vous soit transféré à l'adresse {target}.

        Si vous êtes d'accord, donnez ce code à la personne à qui appartient {account} :

            {code}

        Il est valable une semaine. Qui le possède peut vous faire envoyer du courrier : ne le donnez à personne d'autre.

        Si vous ne savez pas de quoi il s'agit, vous n'avez rien à faire. Sans ce code, rien ne vous est envoyé.
        """);
}
