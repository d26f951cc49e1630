using System.Security.Authentication;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Net;
using Facteur.Net.Dns;
using Facteur.Storage;
using Facteur.Web.Servers;

namespace Facteur.Web.Testing;

/// <summary>
/// Plays an account's mail program on every port of ours: name, connection, TLS, login, a first look. The password is held against the rules
/// as if it came from the owner's own address, and only one that is right goes over the wire, so that no guess of this page counts for this machine.
/// </summary>
internal sealed class ServerTest(WebServices services, AccountRecord account, LoginClient browser)
{
    private const string Program = "Facteur (test)";

    /// <summary>One port; our own answer at once or not at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly Dictionary<MailProtocol, LoginResult> logins = [];
    private readonly string host = services.Options.HostName;

    /// <summary>All ports, one after the other.</summary>
    public async ValueTask<IReadOnlyList<TestSection>> RunAsync(string password, CancellationToken cancel)
    {
        var name = await FindNameAsync(cancel);
        var sections = new List<TestSection>();
        foreach (var listener in services.Options.ProgramListeners().OrderBy(one => one.Protocol).ThenByDescending(one => one.IsTls).ThenBy(one => one.EndPoint.Port).DistinctBy(one => (one.Protocol, one.EndPoint.Port)))
        {
            var steps = new List<TestStep>();
            if (name is not null) steps.Add(name);
            await RunAsync(listener, password, steps, cancel);
            sections.Add(new TestSection(listener.Protocol, listener.EndPoint.Port, listener.IsTls, steps));
        }
        return sections;
    }

    private async ValueTask RunAsync(ProgramListener listener, string password, List<TestStep> steps, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var (step, begun) = ("Connect", services.Time.GetTimestamp());
        try
        {
            await using var connection = new TestConnection(await LoopbackDialer.ConnectAsync(listener.EndPoint, patience.Token));
            Done(new TestWords("Test.Connected", listener.EndPoint.Port), "Tls");
            await TestConversation.OpenAsync(connection, listener.Protocol, listener.IsTls, host, patience.Token);
            await connection.StartTlsAsync(host, services.Time.GetUtcNow(), patience.Token);
            if (listener.IsTls) await TestConversation.GreetAsync(connection, listener.Protocol, host, patience.Token);
            steps.Add(TlsStep(connection, services.Time.GetElapsedTime(begun)));
            (step, begun) = ("Login", services.Time.GetTimestamp());
            await LogInAsync(connection, listener.Protocol, password, steps, begun, patience.Token);
            if (steps[^1].State != TestState.Ok) return;
            (step, begun) = ("Content", services.Time.GetTimestamp());
            Done(await TestConversation.LookAsync(connection, listener.Protocol, patience.Token), "Content");
            await TestConversation.LeaveAsync(connection, listener.Protocol, patience.Token);
        }
        catch (TestFailedException e)
        {
            Failed(e.Cause);
        }
        catch (AuthenticationException e)
        {
            Failed(new TestWords("Test.Cause.Handshake", e.Message));
        }
        catch (IOException)
        {
            // Once all was seen, how the connection ends does not matter.
            if (step != "Content" || steps[^1].Name != "Content") Failed(new TestWords(step == "Connect" ? "Test.Cause.Connect" : "Test.Cause.Lost", listener.EndPoint.Port));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            if (step != "Content" || steps[^1].Name != "Content") Failed(new TestWords("Test.Cause.Silent", (int)Patience.TotalSeconds));
        }

        void Done(TestWords found, string next)
        {
            steps.Add(new TestStep(step, TestState.Ok, services.Time.GetElapsedTime(begun), found));
            (step, begun) = (next, services.Time.GetTimestamp());
        }

        void Failed(TestWords cause) => steps.Add(new TestStep(step, TestState.Failed, services.Time.GetElapsedTime(begun), null, cause));
    }

    private static TestStep TlsStep(TestConnection connection, TimeSpan elapsed)
    {
        var certificate = connection.Certificate!;
        var found = new TestWords("Test.Secured", connection.Protocol, certificate.Names, certificate.Issuer, certificate.Until, certificate.DaysLeft);
        return certificate.Fault == TestCertificateFault.None
            ? new TestStep("Tls", TestState.Ok, elapsed, found)
            : new TestStep("Tls", TestState.Warning, elapsed, found, new TestWords("Test.Cause.Certificate" + certificate.Fault, certificate.Names, certificate.Issuer, certificate.Until));
    }

    private async ValueTask LogInAsync(TestConnection connection, MailProtocol protocol, string password, List<TestStep> steps, long begun, CancellationToken cancel)
    {
        var judged = await JudgeAsync(protocol, password, cancel);
        if (judged.Why is { } why)
        {
            steps.Add(new TestStep("Login", TestState.Failed, services.Time.GetElapsedTime(begun), null, new TestWords("Test.Refused." + why.Nature, why)));
            return;
        }
        try
        {
            await TestConversation.LogInAsync(connection, protocol, host, account.Address, password, cancel);
            steps.Add(new TestStep("Login", TestState.Ok, services.Time.GetElapsedTime(begun), new TestWords("Test.LoggedIn", account.Address)));
        }
        catch (TestFailedException e) when (e.Cause.Arguments is [string answer] && answer.Contains(AccessCode.NotFromHere, StringComparison.Ordinal))
        {
            // The rule lets the owner's network in, and not this machine's.
            steps.Add(new TestStep("Login", TestState.Warning, services.Time.GetElapsedTime(begun), new TestWords("Test.LoggedIn", account.Address), new TestWords("Test.Cause.NotFromServer", browser.Remote.ToString())));
        }
    }

    /// <summary>What the password is worth for a protocol, from where its owner sits.</summary>
    private async ValueTask<LoginResult> JudgeAsync(MailProtocol protocol, string password, CancellationToken cancel)
    {
        if (logins.TryGetValue(protocol, out var known)) return known;
        // Wrong for one is wrong for all: it is not tried again, and does not count again.
        if (logins.Values.FirstOrDefault(one => one is { Refusal: LoginRefusal.BadCredentials, Reason: null }) is { Refusal: LoginRefusal.BadCredentials } wrong) return wrong;
        var client = new LoginClient(protocol, browser.Remote) { IsEncrypted = true, Program = Program, CertificateHash = browser.CertificateHash };
        return logins[protocol] = await services.Logins.LoginAsync(new LoginAttempt(account.Address, password, client), cancel);
    }

    /// <summary>Whether programs find us by our name; null when it is not looked up.</summary>
    private async ValueTask<TestStep?> FindNameAsync(CancellationToken cancel)
    {
        if (services.Delivery is not { Dns: { } dns } || host == "localhost") return null;
        var begun = services.Time.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var (status, addresses) = (DnsStatus.Timeout, "");
        try
        {
            var four = await dns.AddressesAsync(host, DnsType.A, patience.Token);
            var six = four.Status is DnsStatus.Success or DnsStatus.NoData ? await dns.AddressesAsync(host, DnsType.Aaaa, patience.Token) : four;
            (status, addresses) = (four.Status, string.Join(", ", four.Addresses.Concat(six.Addresses).Distinct()));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // As no answer.
        }
        var elapsed = services.Time.GetElapsedTime(begun);
        return addresses.Length > 0
            ? new TestStep("Name", TestState.Ok, elapsed, new TestWords("Test.Found", host, addresses))
            : new TestStep("Name", TestState.Warning, elapsed, null, new TestWords(status is DnsStatus.NoSuchName or DnsStatus.NoData or DnsStatus.Success ? "Test.Cause.NoName" : "Test.Cause.Dns", host));
    }
}
