using System.Buffers.Binary;
using System.Text;
using Facteur.Delivery.Filtering;
using Facteur.Net.Dialing;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Tests.Net.Dialing;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering.Checkers;

/// <summary>A scripted clamd over TCP and a local socket.</summary>
public sealed class ClamdTests
{
    /// <summary>Reads INSTREAM to its end, or to a limit as clamd does, and answers.</summary>
    private static Func<Stream, CancellationToken, Task> Answer(string answer, MemoryStream? taken = null, int limit = int.MaxValue) => async (stream, cancel) =>
    {
        var command = new byte[10];
        await stream.ReadExactlyAsync(command, cancel);
        Assert.Equal("zINSTREAM\0", Encoding.ASCII.GetString(command));
        var head = new byte[4];
        for (var total = 0; ;)
        {
            await stream.ReadExactlyAsync(head, cancel);
            var length = BinaryPrimitives.ReadInt32BigEndian(head);
            if (length == 0) break;
            total += length;
            if (total > limit)
            {
                await stream.WriteAsync("INSTREAM size limit exceeded. ERROR\0"u8.ToArray(), cancel);
                return;
            }
            var chunk = new byte[length];
            await stream.ReadExactlyAsync(chunk, cancel);
            taken?.Write(chunk);
        }
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel);
    };

    private static string Settings(string address, string more = "") => $$"""{ "headers": false, "clamd": { "address": "{{address}}"{{more}} } }""";

    private static async Task<FilterVerdict> AskAsync(Func<Stream, CancellationToken, Task> serve, string more = "", FilterInput? input = null)
    {
        await using var clamd = new Target(serve);
        using var fixture = new FilterFixture(Settings($"127.0.0.1:{clamd.Port}", more));
        return await fixture.Policy.JudgeAsync(input ?? Input(Plain), default);
    }

    [Fact]
    public async Task A_clean_message_is_streamed_over_a_local_socket()
    {
        var taken = new MemoryStream();
        await using var clamd = new LocalTarget(Answer("stream: OK\0", taken));
        using var fixture = new FilterFixture(Settings(clamd.Address));
        var message = Encoding.UTF8.GetBytes("X: ours\r\n" + Plain + new string('x', 300_000));
        var input = Input(message) with { Start = 9 };
        Assert.Empty((await fixture.Policy.JudgeAsync(input, default)).Reasons);
        Assert.True(message.AsSpan(9).SequenceEqual(taken.ToArray()));
        Assert.InRange(((MemorySource)input.Source).LargestRead, 1, 64 * 1024);
    }

    [Theory]
    [InlineData("", FilterAction.Reject, "550 5.7.1 the message carries Eicar-Test")]
    [InlineData(", \"reject\": false", FilterAction.Junk, null)]
    public async Task An_infected_message_is_refused_or_junk(string settings, FilterAction action, string? refusal)
    {
        var verdict = await AskAsync(Answer("stream: Eicar-Test FOUND\0"), settings);
        Assert.Equal((action, refusal, "virus"), (verdict.Action, verdict.Refusal?.ToString(), verdict.Reasons.Single().Name));
    }

    [Fact]
    public async Task What_users_send_is_looked_at_too()
    {
        var input = Input(Plain);
        input = input with { Peer = input.Peer with { Mode = SmtpMode.Submission, Account = new Facteur.Accounts.Account(Moi.Account, "moi@demo.test", "") } };
        Assert.Equal(FilterAction.Reject, (await AskAsync(Answer("stream: Eicar-Test FOUND\0"), "", input)).Action);
        Assert.Equal(FilterAction.Accept, (await AskAsync(Answer("stream: Eicar-Test FOUND\0"), ", \"outbound\": false", input)).Action);
    }

    [Fact]
    public async Task A_limit_of_its_own_is_no_outage()
    {
        var verdict = await AskAsync(Answer("", null, 100_000), ", \"onFailure\": \"defer\"", Input(Plain + new string('x', 4_000_000)));
        Assert.Equal((FilterAction.Accept, "clamd.size"), (verdict.Action, verdict.Reasons.Single().Name));
    }

    [Theory]
    [InlineData("stream: Can't allocate memory ERROR\0")]
    [InlineData("UNKNOWN COMMAND\0")]
    [InlineData("")]
    public async Task Other_answers_are_an_outage(string answer)
    {
        Assert.Equal((FilterAction.Accept, "clamd.failed"), Result(await AskAsync(Answer(answer))));
        Assert.Equal((FilterAction.Defer, "clamd.failed"), Result(await AskAsync(Answer(answer), ", \"onFailure\": \"defer\"")));
    }

    [Fact]
    public async Task One_that_closes_or_is_not_there_is_an_outage()
    {
        Assert.Equal((FilterAction.Defer, "clamd.failed"), Result(await AskAsync((_, _) => Task.CompletedTask, ", \"onFailure\": \"defer\"")));
        using var fixture = new FilterFixture(Settings("unix:/nowhere/clamd", ", \"onFailure\": \"defer\""));
        Assert.Equal((FilterAction.Defer, "clamd.failed"), Result(await fixture.Policy.JudgeAsync(Input(Plain), default)));
        fixture.Settings.Set(SettingScope.Site, FilterSettings.Document, Settings("8.8.8.8:3310".Replace("8.8.8.8", "169.254.1.1", StringComparison.Ordinal)));
        Assert.Equal((FilterAction.Accept, "clamd.failed"), Result(await fixture.Policy.JudgeAsync(Input(Plain), default)));
    }

    [Fact]
    public async Task One_that_hangs_has_its_time()
    {
        var connected = new TaskCompletionSource();
        await using var clamd = new Target(async (_, cancel) =>
        {
            connected.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        });
        using var fixture = new FilterFixture(Settings($"127.0.0.1:{clamd.Port}"));
        var judging = fixture.Policy.JudgeAsync(Input(Plain), default).AsTask();
        await connected.Task;
        fixture.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((FilterAction.Accept, "clamd.failed"), Result(await judging));
    }

    [Theory]
    [InlineData("unix:/run/clamav/clamd.ctl", "unix:/run/clamav/clamd.ctl")]
    [InlineData("/run/clamav/clamd.ctl", "unix:/run/clamav/clamd.ctl")]
    [InlineData("127.0.0.1:3310", "127.0.0.1:3310")]
    [InlineData("[::1]:3310", "[::1]:3310")]
    [InlineData("clamd.example.org:3310", "clamd.example.org:3310")]
    [InlineData("::1:3310", null)]
    [InlineData("clamd", null)]
    [InlineData("clamd:0", null)]
    [InlineData("unix:relative", null)]
    public void Addresses_of_programs_are_read(string text, string? address) =>
        Assert.Equal(address, ServiceAddress.TryParse(text, out var read) ? read.ToString() : null);

    private static (FilterAction, string) Result(FilterVerdict verdict) => (verdict.Action, verdict.Reasons.Single().Name);
}
