using System.Globalization;
using System.Text;
using Facteur.Sieve;

namespace Facteur.Tests.Sieve;

/// <summary>One conversation: what a script, written in a file, does with a message under some circumstances.</summary>
internal sealed class ConversationCase
{
    /// <summary>File, line and title.</summary>
    public required string Name { get; init; }

    public required string Script { get; init; }

    public required string Message { get; init; }

    public required string Expected { get; init; }

    /// <summary>Only whether the test in it held is looked at: the flags of the message are not.</summary>
    public bool IsTest { get; init; }

    /// <summary>What the message of the first action that has one is to be; null when nobody looks.</summary>
    public string? Edited { get; init; }

    public IReadOnlyList<string> Circumstances { get; init; } = [];

    /// <summary>Scripts to include by "personal name" and "global name".</summary>
    public IReadOnlyDictionary<string, string> Scripts { get; init; } = new Dictionary<string, string>();

    public override string ToString() => Name;

    public async Task<(string Actions, string? Edited)> RunAsync()
    {
        var compilation = SieveScript.Compile(Octets(Script), SieveLimits.Default);
        if (compilation.Script is null) return (string.Join('\n', compilation.Errors.Select(e => $"invalid {e}")), null);
        var host = new ConversationHost(Circumstances, Scripts);
        var result = await compilation.Script.RunAsync(SieveMessage.Parse(Octets(Message)), Context(), host, SieveLimits.Default, TestContext.Current.CancellationToken);
        return (string.Join('\n', ActionText.Lines(result)), await ActionText.EditedAsync(result));
    }

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal));

    private SieveContext Context()
    {
        var context = new SieveContext { Now = new DateTimeOffset(2026, 11, 22, 10, 8, 38, TimeSpan.Zero), EnvelopeFrom = "coyote@desert.example.org", EnvelopeTo = "roadrunner@acme.example.com" };
        var environment = new Dictionary<string, string> { ["domain"] = "example.com", ["host"] = "mx.example.com", ["remote-ip"] = "192.0.2.7", ["version"] = "1.0", ["remote-host"] = "" };
        foreach (var line in Circumstances)
        {
            var (key, value) = (line.Split(' ')[0], line.Contains(' ', StringComparison.Ordinal) ? line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..] : "");
            context = key switch
            {
                "from" => context with { EnvelopeFrom = value == "<>" ? "" : value },
                "to" => context with { EnvelopeTo = value },
                "now" => context with { Now = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture) },
                "zone" => context with { Zone = TimeZoneInfo.CreateCustomTimeZone("here", TimeSpan.Parse(value, CultureInfo.InvariantCulture), "here", "here") },
                "spam" => context with { SpamPercent = double.Parse(value, CultureInfo.InvariantCulture) },
                "virus" => context with { VirusValue = int.Parse(value, CultureInfo.InvariantCulture) },
                "separator" => context with { DetailSeparator = value },
                "flags" => context with { Flags = value.Split(' ') },
                "event" => context with { ImapEvent = Event(value.Split(' ')) },
                _ => context,
            };
        }
        return context with { Environment = environment };
    }

    private static SieveImapEvent Event(string[] words) => new(words[0], words[1], words[2..], "ann", "ann@example.com");
}
