using Facteur.Storage;
using Facteur.Tests.Pop3.Conformance;
using Facteur.Tests.Support;

namespace Facteur.Tests.Pop3;

/// <summary>The POP3 suite held with this server, over connections in memory.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public void There_are_at_least_120_conversations_each_of_another_name()
    {
        Assert.True(Conversation.All.Count >= 120, $"{Conversation.All.Count}");
        Assert.Equal(Conversation.All.Count, Conversation.All.Select(one => one.Name).Distinct().Count());
        Assert.All(Conversation.All, one => Assert.Matches(@"^RFC (1939|2449|2595|3206|5034|6856)\b", one.Rfc));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_conversation_goes_as_the_rfc_says(bool implicitTls)
    {
        var failed = new List<string>();
        var skipped = new List<string>();
        await using var peer = new MemoryPeer(await Pop3Server.StartAsync(empty: true), implicitTls);
        var capabilities = await ConversationRun.CapabilitiesAsync(peer);
        foreach (var conversation in Conversation.All)
        {
            var outcome = await new ConversationRun(peer, conversation).RunAsync(capabilities);
            if (outcome.IsSkipped) skipped.Add(conversation.Name);
            if (outcome.Why is { } why) failed.Add($"{conversation.Name} ({conversation.Rfc})\n{why}\n{outcome.Said}");
        }
        Assert.True(failed.Count == 0, string.Join("\n", failed));
        Assert.True(implicitTls || skipped.Count == 0, string.Join("\n", skipped));
    }

    private sealed class MemoryPeer(Pop3Server server, bool implicitTls) : IPop3Peer, IAsyncDisposable
    {
        private readonly List<Task> sessions = [];

        public string User => "moi@demo.test";
        public string Password => "soleil-42-papier";

        public async Task<IPop3Line> ConnectAsync()
        {
            var (connection, client) = MemoryConnection.Create(new() { Time = server.Time, Certificates = TestCertificate.Store });
            var session = Task.Run(() => server.ServeAsync(connection, implicitTls));
            sessions.Add(session);
            if (implicitTls) await client.StartTlsAsync(default);
            return new MemoryLine(client, session);
        }

        public async Task FillAsync(IReadOnlyList<byte[]> messages)
        {
            await EndedAsync();
            server.Time.Advance(TimeSpan.FromHours(1)); // wrong passwords of the conversation before are forgiven
            await server.Store.ExpungeAsync(server.Inbox.Id, [UidRange.All], onlyDeleted: false, default);
            if (messages.Count > 0) await server.DeliverAsync(messages.Select(octets => (System.Text.Encoding.UTF8.GetString(octets), (string?)null)));
        }

        public async Task AppendAsync(byte[] message) => await server.DeliverAsync(System.Text.Encoding.UTF8.GetString(message));

        public async Task ExpungeAsync(int number)
        {
            using var view = await server.Store.OpenViewAsync(server.Inbox.Id, default);
            await server.ExpungeAsync((await view.RefreshAsync(default))[number - 1].Uid.Value);
        }

        public async ValueTask DisposeAsync()
        {
            await EndedAsync();
            await server.DisposeAsync();
        }

        private async Task EndedAsync()
        {
            await Task.WhenAll(sessions).WaitAsync(TimeSpan.FromSeconds(10));
            sessions.Clear();
        }
    }

    private sealed class MemoryLine(MemoryClient client, Task session) : IPop3Line
    {
        private bool isClosed, isGone;

        public Task WriteAsync(byte[] octets) => client.WriteAsync(octets, default);

        public Task<string?> ReadLineAsync() => client.ReadLineAsync(default);

        public Task StartTlsAsync() => client.StartTlsAsync(default);

        public async Task CloseAsync()
        {
            if (!isClosed) await client.CloseAsync();
            isClosed = true;
        }

        public async Task AbortAsync()
        {
            isGone = true;
            await client.AbortAsync();
            await session;
        }

        public async ValueTask DisposeAsync()
        {
            if (isGone) return;
            await CloseAsync();
            while (await client.ReadLineAsync(default) is not null)
            {
            }
        }
    }
}
