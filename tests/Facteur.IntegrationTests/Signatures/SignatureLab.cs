using System.Buffers;
using System.Text;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.IntegrationTests.Support;
using Facteur.Net.Dns;

namespace Facteur.IntegrationTests.Signatures;

/// <summary>A folder with messages and keys, and Debian's DKIM programs over it: dkimpy (by peer.py) and OpenDKIM in its test mode.</summary>
internal sealed class SignatureLab : IDisposable
{
    // Debian's own: the packages belong to no other interpreter of the machine.
    private const string Python = "/usr/bin/python3";

    private readonly string folder = Directory.CreateTempSubdirectory("facteur-dkim-").FullName;
    private readonly Dictionary<string, string> records;

    public SignatureLab()
    {
        Programs.Require("opendkim", "dkimverify");
        records = Keys.ToDictionary(key => key.RecordName, DkimRecord.Text);
        File.WriteAllLines(Path.Combine(folder, "keys"), records.Select(record => $"{record.Key} {record.Value}"));
        foreach (var key in Keys) File.WriteAllText(KeyFile(key), key.PrivateKeyPem);
    }

    public static DkimKey Rsa { get; } = DkimKey.Generate("example.org", "2026a-rsa", DkimAlgorithm.RsaSha256);
    public static DkimKey Ed25519 { get; } = DkimKey.Generate("example.org", "2026a-ed25519", DkimAlgorithm.Ed25519Sha256);
    private static DkimKey[] Keys => [Rsa, Ed25519];

    /// <summary>What the messages try: white space of every kind, folds, names in any case, no body, no last line end, 8-bit text, empty lines.</summary>
    public static string[] Messages { get; } =
    [
        "From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: plain\r\nDate: Sat, 14 Mar 2026 10:00:00 +0100\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n",
        "FROM:ann@example.org\r\nto:  bob@example.net,\r\n\tcarl@example.net  \r\nSubject:  two  \t blanks\r\n   and a fold \r\nX-Empty:\r\n\r\n a  b \t\r\n\t\r\nc\t\td   \r\n\r\n\r\n \r\n\r\n",
        "From: ann@example.org\r\nReceived: one\r\nReceived: two\r\nSubject: no body\r\n\r\n",
        "From: ann@example.org\r\nSubject: only empty lines\r\n\r\n\r\n\r\n",
        "From: ann@example.org\r\nSubject: no line end\r\n\r\nlast line",
        "From: =?utf-8?q?=C3=89mile?= <ann@example.org>\r\nSubject: \u00c3\u00a9t\u00c3\u00a9\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00c3\u00a9\u00c3\u00a8 \u00c2\u00a0 x\r\n.\r\n..\r\n",
        "From: ann@example.org\r\nList-Unsubscribe: <https://example.org/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nSubject: list\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 900) + " \r\n", 200)),
    ];

    /// <summary>The keys as the DNS would give them.</summary>
    public DnsResolver Dns => new Records(records);

    public string KeyFile(DkimKey key) => Path.Combine(folder, key.Selector + ".pem");

    public string Write(int number, string message)
    {
        var file = Path.Combine(folder, $"{number}.eml");
        File.WriteAllText(file, message, Encoding.Latin1);
        return file;
    }

    public static string Read(string file) => File.ReadAllText(file, Encoding.Latin1);

    /// <summary>A line for each file.</summary>
    public async Task<string[]> DkimpyAsync(string verb, params IEnumerable<string> arguments)
    {
        var script = Path.Combine(Programs.Repository, "tests", "Facteur.IntegrationTests", "Signatures", "peer.py");
        var keys = verb is "verify" or "arc" ? [Path.Combine(folder, "keys")] : Array.Empty<string>();
        var result = await Programs.RunAsync(Python, [script, verb, .. keys, .. arguments]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>OpenDKIM over one message; what it would put into its header.</summary>
    public async Task<string> OpenDkimAsync(string file, params string[] settings)
    {
        var configuration = Path.Combine(folder, "opendkim.conf");
        File.WriteAllLines(configuration, [$"TestPublicKeys {Path.Combine(folder, "keys")}", "RequireSafeKeys false", .. settings]);
        var mode = settings.Length > 0 ? "s" : "v";
        var result = await Programs.RunAsync("opendkim", ["-x", configuration, "-b", mode, "-t", file, .. (mode == "v" ? new[] { "-vv" } : [])]);
        Assert.True(result.ExitCode is 0 or 1, result.ToString());
        return result.Output;
    }

    public static string Sign(string message, params DkimKey[] keys)
    {
        var loaded = Array.ConvertAll(keys, DkimSigningKey.Load);
        using var signer = new DkimSigner(loaded);
        signer.Write(Encoding.Latin1.GetBytes(message));
        var output = new ArrayBufferWriter<byte>();
        Assert.True(signer.Complete(output, TimeProvider.System.GetUtcNow()));
        foreach (var key in loaded) key.Dispose();
        return Encoding.Latin1.GetString(output.WrittenSpan) + message;
    }

    public async Task<SignatureResults> VerifyAsync(string message)
    {
        using var verifier = new SignatureVerifier();
        verifier.Write(Encoding.Latin1.GetBytes(message));
        return await verifier.CompleteAsync(Dns, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class Records(Dictionary<string, string> texts) : DnsResolver
    {
        public override ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel) => new(
            type == DnsType.Txt && texts.TryGetValue(name, out var text)
                ? new DnsAnswer(DnsStatus.Success, [new TxtRecordData(text)], false, name, TimeSpan.FromMinutes(5))
                : new DnsAnswer(DnsStatus.NoSuchName, [], false, name, TimeSpan.FromMinutes(5)));
    }
}
