using System.Text;
using System.Text.Json;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;

namespace Facteur.IntegrationTests.Authentication;

/// <summary>DMARC beside Debian's OpenDMARC library, both with Debian's public suffix list.</summary>
public sealed class DmarcPeerTests
{
    // One line of JSON in, one out: organizational domains, and [policy, DKIM aligned, SPF aligned] of each case.
    private const string Peer = """
        import ctypes, json, sys
        lib = ctypes.CDLL('libopendmarc.so.2')
        class Init(ctypes.Structure):
            _fields_ = [('type', ctypes.c_int), ('file', ctypes.c_char * 4096), ('count', ctypes.c_int), ('servers', ctypes.c_char * 48)]
        suffixes, names, cases = json.load(sys.stdin)
        init = Init(1, suffixes.encode(), 0, b'')
        lib.opendmarc_policy_library_init(ctypes.byref(init))
        lib.opendmarc_policy_connect_init.restype = ctypes.c_void_p
        def organizational(name):
            buffer = ctypes.create_string_buffer(256)
            lib.opendmarc_get_tld(name.encode(), buffer, 256)
            return buffer.value.decode()
        def judge(author, spf, spf_result, dkim, dkim_result, record, at):
            context = ctypes.c_void_p(lib.opendmarc_policy_connect_init(b'192.0.2.1', 4))
            lib.opendmarc_policy_store_from_domain(context, author.encode())
            lib.opendmarc_policy_store_spf(context, spf.encode(), spf_result, 1, None)
            lib.opendmarc_policy_store_dkim(context, dkim.encode(), b's', dkim_result, None)
            lib.opendmarc_policy_store_dmarc(context, record.encode(), at.encode(), None if at == author else at.encode())
            policy = lib.opendmarc_get_policy_to_enforce(context)
            aligned = ctypes.c_int(), ctypes.c_int()
            lib.opendmarc_policy_fetch_alignment(context, ctypes.byref(aligned[0]), ctypes.byref(aligned[1]))
            lib.opendmarc_policy_connect_shutdown(context)
            return [{15: 'pass', 16: 'reject', 17: 'quarantine', 18: 'none'}.get(policy, str(policy)), aligned[0].value == 4, aligned[1].value == 4]
        print(json.dumps([[organizational(name) for name in names], [judge(*case) for case in cases]]))
        """;

    // No names under a wildcard rule: OpenDMARC 1.4 knows those rules only by half.
    private static readonly string[] Domains =
    [
        "example.com", "news.example.com", "a.b.news.example.com", "other.com", "bank.co.uk", "mail.bank.co.uk", "evil.co.uk", "someone.github.io", "www.someone.github.io", "evil.github.io",
        "city.kawasaki.jp", "www.city.kawasaki.jp", "badexample.com", "example.com.evil.com",
    ];

    [Fact]
    public async Task The_peer_agrees()
    {
        await PeerProgram.RequireAsync("import ctypes; ctypes.CDLL('libopendmarc.so.2')", "libopendmarc2");
        var path = new DmarcOptions().PublicSuffixListPath;
        if (!File.Exists(path)) Assert.Skip("publicsuffix is not installed");
        using var file = File.OpenText(path);
        var suffixes = PublicSuffixList.Parse(file);
        var random = new Random(7489);
        var cases = new List<object[]>();
        for (var i = 0; i < 1000; i++)
        {
            var author = Pick(random, Domains);
            var at = random.Next(2) == 0 ? author : suffixes.OrganizationalDomain(author);
            // Relaxed only: OpenDMARC 1.4 takes other names of the same organization under "s" as well, which RFC 7489 §3.1 does not.
            var record = $"v=DMARC1; p={Pick(random, ["none", "quarantine", "reject"])}{Pick(random, ["", "; sp=none", "; sp=quarantine", "; sp=reject"])}{Pick(random, ["", "; adkim=r; aspf=r", "; pct=100", "; fo=1; rua=mailto:a@example.com"])}";
            cases.Add([author, Pick(random, Domains), random.Next(1, 3), Pick(random, Domains), random.Next(1, 3), record, at]);
        }

        var result = await Programs.RunAsync(PeerProgram.Python, ["-c", Peer], $"[{JsonSerializer.Serialize(path)}, {JsonSerializer.Serialize(Domains)}, {JsonSerializer.Serialize(cases)}]");
        Assert.True(result.ExitCode == 0, result.ToString());
        var peer = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(Domains.Select(suffixes.OrganizationalDomain), peer[0].EnumerateArray().Select(name => name.GetString()!));

        var different = new List<string>();
        for (var i = 0; i < cases.Count; i++)
        {
            var ours = await JudgeAsync(suffixes, cases[i]);
            var theirs = peer[1][i].ToString();
            if (JsonSerializer.Serialize(ours) != theirs.Replace(" ", "", StringComparison.Ordinal)) different.Add($"{JsonSerializer.Serialize(cases[i])}: {JsonSerializer.Serialize(ours)}, peer {theirs}");
        }
        Assert.True(different.Count == 0, $"{different.Count} of {cases.Count} differ:\n{string.Join('\n', different.Take(30))}");
    }

    private static async Task<object[]> JudgeAsync(PublicSuffixList suffixes, object[] test)
    {
        var zone = new ZoneTable().Txt("_dmarc." + test[6], (string)test[5]);
        var spf = new SpfResult((int)test[2] == 1 ? SpfVerdict.Pass : SpfVerdict.Fail, (string)test[1], false, null, null, null);
        var dkim = new DkimResult((int)test[4] == 1 ? DkimVerdict.Pass : DkimVerdict.Fail, (string)test[3], "s", null, "rsa-sha256", "", false, null);
        var author = AuthorDomain.Read(1, Encoding.ASCII.GetBytes($"a@{test[0]}"));
        var result = (await new DmarcEvaluator(zone, () => suffixes, Random.Shared).EvaluateAsync(author, spf, [dkim], TestContext.Current.CancellationToken)).Result;
        return [result.Verdict == DmarcVerdict.Pass ? "pass" : result.Policy.ToString().ToLowerInvariant(), result.DkimAligned, result.SpfAligned];
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
