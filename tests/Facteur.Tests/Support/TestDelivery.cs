using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Domains;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Sieve;
using Facteur.Delivery.Vacation;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Support;

/// <summary>The pipeline of messages over a store and the zones that a test writes down.</summary>
internal static class TestDelivery
{
    /// <param name="state">Where is learnt and counted, if not in the store.</param>
    public static DeliveryServices Services(MailStore store, string hostName, TimeProvider time, DnsResolver? dns = null, StateStore? state = null)
    {
        state ??= store.State;
        var resolver = dns ?? new ZoneResolver();
        var options = new DeliveryOptions { HostName = hostName };
        var settings = new AccountSettings(store.Settings);
        var directory = new RecipientDirectory(store.Directory, store.Settings);
        var secrets = new SiteSecrets(store.Settings);
        var rewriting = new SenderRewriting(secrets, state, time);
        var suppressed = new SuppressionList(state, time);
        var router = new RecipientRouter(directory, settings, rewriting, options);
        var keys = new DkimKeyRing(store.Settings, store.Directory, time);
        var outbound = new OutboundSubmission(
            new RouteTable(store.Settings, store.Directory), suppressed, store.Directory, new SendingLimits(store.Queue, state, store.Settings, store.Directory, time), time);
        var policy = new InboundPolicy(state, store.Settings, resolver, new GuardedDialer(resolver, new GuardedDialerOptions(), time), options, time);
        var vacation = new VacationResponder(directory, settings, state, options, time);
        return new DeliveryServices
        {
            Store = store,
            Directory = directory,
            Settings = settings,
            Router = router,
            Dns = resolver,
            Spf = new SpfEvaluator(resolver, time, new SpfOptions { ReceiverName = hostName }),
            Dmarc = new DmarcEvaluator(resolver, () => null, new Random(1)),
            Policy = policy,
            Outbound = outbound,
            Keys = keys,
            LateBounces = new LateBounces(store.Queue, directory, new Verp(secrets, directory, settings), suppressed, time),
            Vacation = vacation,
            Sieve = new SieveDelivery(store, new SieveScripts(store.Settings), directory, settings, policy, vacation, state, options, time, NullLogger<SieveDelivery>.Instance),
            Own = new OwnMessages(store, outbound, new ReversePath(router), new ReportSigner(keys, time), time),
            Disposable = new DisposableCounts(state, time),
            Ledger = new ReportLedger(state, resolver, time, new ReportOptions(), NullLogger<ReportLedger>.Instance),
            ReceivedReports = new ReceivedReportLog(state, time),
            Refusals = new RefusalTrace(store.Trace, time, NullLogger<RefusalTrace>.Instance),
            Bookkeeping = new Bookkeeping(NullLogger<Bookkeeping>.Instance),
            Options = options,
            Time = time,
            Loggers = NullLoggerFactory.Instance,
        };
    }
}
