using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>A store with the account ada@example.com, and requests of JMAP against it without any network.</summary>
internal sealed class JmapHarness : IAsyncDisposable
{
    private JmapHarness() { }

    public required MailStore Store { get; init; }
    public required FakeTime Time { get; init; }
    public required AccountService Accounts { get; init; }
    public required LoginService Logins { get; init; }
    public required JmapServices Services { get; init; }
    public required JmapProcessor Processor { get; init; }
    public required AccountRecord Ada { get; init; }

    public string AccountId => JmapIds.Of(Ada.Id);

    public static async Task<JmapHarness> StartAsync(JmapLimits? limits = null)
    {
        var folder = Directory.CreateTempSubdirectory("facteur-jmap-").FullName;
        var time = new FakeTime();
        var store = await TestStore.OpenAsync(folder, time);
        var options = new LoginOptions { HashIterations = 1 };
        var accounts = new AccountService(store, options, time);
        var logins = new LoginService(store, options, time, NullLogger<LoginService>.Instance);
        await accounts.AddDomainAsync("example.com", default);
        var ada = (await accounts.AddAccountAsync("ada@example.com", "Ada Lovelace", "correct horse battery", default)).Account;
        var services = new JmapServices(store, accounts, logins, time)
        {
            Limits = limits ?? new JmapLimits(), Delivery = TestDelivery.Services(store, "mail.example.com", time),
        };
        var failures = new FailureLog();
        return new JmapHarness
        {
            failures = failures,
            Store = store, Time = time, Accounts = accounts, Logins = logins, Services = services, Ada = ada,
            Processor = new JmapProcessor(services, JmapMethods.All(), failures),
            path = folder,
        };
    }

    private string path = "";
    private FailureLog failures = null!;

    /// <summary>A session as another account would have it.</summary>
    public static JmapUser UserOf(AccountRecord account) => new(new Account(account.Id, account.Address, account.DisplayName), account.Address);

    /// <summary>Sends a whole request, its text as in the RFC, with all capabilities in use unless it names its own.</summary>
    public async Task<JsonElement> RequestAsync(string methodCalls, AccountRecord? by = null)
    {
        var all = Processor.Capabilities.All.Select(one => one.Name);
        var request = $$"""{"using": {{JsonSerializer.Serialize(all)}}, "methodCalls": {{methodCalls}}}""";
        var output = new ArrayBufferWriter<byte>();
        await Processor.RunAsync(UserOf(by ?? Ada), Encoding.UTF8.GetBytes(request), output, default);
        return JsonDocument.Parse(output.WrittenMemory).RootElement.Clone();
    }

    /// <summary>One call; answers its arguments. An error of the method fails the test, unless <paramref name="error"/> is awaited.</summary>
    /// <param name="arguments">JSON object without accountId, which is added.</param>
    public async Task<JsonElement> CallAsync(string method, string arguments, string? error = null, AccountRecord? by = null, string? account = null)
    {
        var body = arguments.Trim()[1..];
        var separator = body.TrimStart().StartsWith('}') ? "" : ",";
        var response = await RequestAsync($$"""[["{{method}}", {"accountId": "{{account ?? AccountId}}"{{separator}} {{body}}, "c0"]]""", by);
        var answer = response.GetProperty("methodResponses")[0];
        if (error is null) Assert.True(answer[0].GetString() != "error", $"{answer} {failures.Last}");
        else Assert.Equal(("error", error), (answer[0].GetString(), answer[1].GetProperty("type").GetString()));
        return answer[1];
    }

    /// <summary>Puts a message into a mailbox as LMTP would.</summary>
    public async Task<EmailId> DeliverAsync(string message, string mailbox = "INBOX", FlagSet? flags = null, DateTimeOffset? at = null, AccountRecord? to = null)
    {
        var target = await Store.FindMailboxAsync((to ?? Ada).Id, mailbox, default) ?? await Store.CreateMailboxAsync((to ?? Ada).Id, mailbox, MailboxRole.None, default);
        await using var intake = Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), default);
        await intake.CompleteAsync(default);
        var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(target.Id, flags ?? FlagSet.Empty, at ?? Time.GetUtcNow())])], default);
        return receipt.Entries[0].Email;
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(await Store.CheckConsistencyAsync(default));
        Logins.Dispose();
        await Store.DisposeAsync();
        Directory.Delete(path, recursive: true);
    }
}

/// <summary>Keeps the last failure that was logged, for a test to show.</summary>
internal sealed class FailureLog : ILogger<JmapProcessor>
{
    public Exception? Last { get; private set; }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Last = exception ?? Last;
}
