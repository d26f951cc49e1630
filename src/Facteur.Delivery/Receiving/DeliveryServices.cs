using Facteur.Accounts;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Domains;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Forwarding;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Sieve;
using Facteur.Delivery.Vacation;
using Facteur.Net.Dns;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>What messages on their way in need: one set for the whole process.</summary>
public sealed record DeliveryServices
{
    public required MailStore Store { get; init; }
    public required RecipientDirectory Directory { get; init; }
    public required RecipientRouter Router { get; init; }
    public required AccountSettings Settings { get; init; }
    public required RefusalTrace Refusals { get; init; }
    public required Bookkeeping Bookkeeping { get; init; }
    public required DnsResolver Dns { get; init; }
    public required SpfEvaluator Spf { get; init; }
    public required DmarcEvaluator Dmarc { get; init; }
    public required InboundPolicy Policy { get; init; }
    public required OutboundSubmission Outbound { get; init; }
    public required DkimKeyRing Keys { get; init; }
    public required LateBounces LateBounces { get; init; }
    public required VacationResponder Vacation { get; init; }

    /// <summary>Scripts of accounts and of the site.</summary>
    public required SieveDelivery Sieve { get; init; }
    public required OwnMessages Own { get; init; }
    public required DisposableCounts Disposable { get; init; }
    public required ReportLedger Ledger { get; init; }
    public required ReceivedReportLog ReceivedReports { get; init; }
    public required DeliveryOptions Options { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Asks the owners of addresses that mail is to be sent on to.</summary>
    public ForwardConfirmations Confirmations => new(Own, Settings, Options, Time);
}
