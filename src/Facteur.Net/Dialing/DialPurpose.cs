namespace Facteur.Net.Dialing;

/// <summary>What a connection is for: decides which ports and addresses it may reach (<see cref="DialRule"/>).</summary>
public enum DialPurpose : byte
{
    /// <summary>Delivery to a mail exchanger found in DNS: port 25 of public addresses.</summary>
    MailExchange,

    /// <summary>A relay that an administrator of a domain or an account names: submission ports of public addresses.</summary>
    SmartHost,

    /// <summary>An account elsewhere that a user typed in: mail ports of public addresses.</summary>
    ExternalAccount,

    /// <summary>A document fetched from an address that others wrote (policies, images, discovery): web ports of public addresses.</summary>
    Web,

    /// <summary>A program of the operator's own, named in the configuration file (rspamd, ClamAV, a milter): any port, this machine and private networks too.</summary>
    Service,
}
