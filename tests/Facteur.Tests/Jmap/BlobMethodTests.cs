using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Blob/upload, Blob/get, Blob/lookup (RFC 9404) and Blob/copy (RFC 8620 §6.3).</summary>
public sealed class BlobMethodTests : IAsyncLifetime
{
    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    [Fact]
    public async Task A_blob_is_made_of_text_base64_and_pieces_of_others()
    {
        // RFC 9404 §4.1.
        var id = jmap.AccountId;
        var answer = await jmap.RequestAsync($$$"""
            [["Blob/upload", {"accountId": "{{{id}}}", "create": {"b4": {"data": [{"data:asText": "The quick brown fox jumped over the lazy dog."}]} }}, "S4"],
             ["Blob/upload", {"accountId": "{{{id}}}", "create": {"cat": {"data": [
               {"data:asText": "How"}, {"blobId": "#b4", "length": 7, "offset": 3}, {"data:asText": "was t"}, {"blobId": "#b4", "length": 1, "offset": 1}, {"data:asBase64": "YXQ/"}]} }}, "CAT"],
             ["Blob/get", {"accountId": "{{{id}}}", "properties": ["data:asText", "size"], "ids": ["#cat"]}, "G4"]]
            """);
        var got = answer.GetProperty("methodResponses")[2][1].GetProperty("list")[0];
        Assert.Equal(("How quick was that?", 19), (got.GetProperty("data:asText").GetString(), got.GetProperty("size").GetInt32()));
        var created = answer.GetProperty("methodResponses")[1][1].GetProperty("created").GetProperty("cat");
        Assert.Equal((got.GetProperty("id").GetString(), "application/octet-stream", 19), (created.GetProperty("id").GetString(), created.GetProperty("type").GetString(), created.GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task Creations_of_one_call_may_be_made_of_one_another()
    {
        var answer = await jmap.CallAsync("Blob/upload", """
            {"create": {"a": {"data": [{"data:asText": "ab"}], "type": "text/plain"}, "b": {"data": [{"blobId": "#a"}, {"blobId": "#a", "offset": 1}]}, "none": {"data": []}}}
            """);
        Assert.Equal(3, answer.GetProperty("created").GetProperty("b").GetProperty("size").GetInt32());
        Assert.Equal("text/plain", answer.GetProperty("created").GetProperty("a").GetProperty("type").GetString());
        Assert.Equal(0, answer.GetProperty("created").GetProperty("none").GetProperty("size").GetInt32());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("notCreated").ValueKind);
    }

    [Theory]
    [InlineData("""{"data": [{"data:asBase64": "YX Q="}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"data:asBase64": "YXQ"}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"data:asBase64": "!!!!"}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"data:asText": 5}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"data:asText": "a", "data:asBase64": "YQ=="}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"data:asText": "a", "offset": 0}]}""", "invalidProperties")]
    [InlineData("""{"data": [{}]}""", "invalidProperties")]
    [InlineData("""{"data": [5]}""", "invalidProperties")]
    [InlineData("""{"data": [{"data:asMagic": "x"}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"blobId": "u99"}]}""", "blobNotFound")]
    [InlineData("""{"data": [{"blobId": "#nothing"}]}""", "blobNotFound")]
    [InlineData("""{"data": [{"blobId": "#ten", "offset": 11}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"blobId": "#ten", "offset": 5, "length": 6}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"blobId": "#ten", "offset": -1}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"blobId": "#ten", "length": "x"}]}""", "invalidProperties")]
    [InlineData("""{"data": [{"blobId": null}]}""", "invalidProperties")]
    [InlineData("""{}""", "invalidProperties")]
    [InlineData("""{"data": [], "other": 1}""", "invalidProperties")]
    [InlineData("""{"data": [], "type": "no type"}""", "invalidProperties")]
    public async Task What_is_wrong_with_a_source_refuses_the_blob_and_no_other(string upload, string type)
    {
        var answer = await jmap.CallAsync("Blob/upload", $$$"""{"create": {"ten": {"data": [{"data:asText": "0123456789"}]}, "bad": {{{upload}}}, "also": {"data": [{"data:asText": "x"}]} }}""");
        Assert.Equal(["ten", "also"], answer.GetProperty("created").EnumerateObject().Select(one => one.Name));
        Assert.Equal(type, answer.GetProperty("notCreated").GetProperty("bad").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_blob_has_a_size_and_a_number_of_sources_at_most()
    {
        await using var small = await JmapHarness.StartAsync(new JmapLimits { MaxSizeUpload = 10, MaxSizeBlobSet = 10 });
        var answer = await small.CallAsync("Blob/upload", """{"create": {"a": {"data": [{"data:asText": "0123456789"}]}, "b": {"data": [{"blobId": "#a"}, {"blobId": "#a"}]}}}""");
        Assert.Equal("tooLarge", answer.GetProperty("notCreated").GetProperty("b").GetProperty("type").GetString());
        var sources = string.Join(",", Enumerable.Repeat("{\"data:asText\": \"\"}", 257));
        Assert.Equal("invalidProperties", (await small.CallAsync("Blob/upload", $$$"""{"create": {"a": {"data": [{{{sources}}}]} }}""")).GetProperty("notCreated").GetProperty("a").GetProperty("type").GetString());
        await small.CallAsync("Blob/upload", "{}", error: "invalidArguments");
        await small.CallAsync("Blob/upload", """{"create": {"a b": {"data": []}}}""", error: "invalidArguments");
    }

    [Fact]
    public async Task A_large_upload_may_come_in_pieces_that_are_joined()
    {
        var (octets, pieces) = (new byte[20_000_001], new List<string>());
        new Random(20).NextBytes(octets);
        foreach (var piece in octets.Chunk(octets.Length / 3))
        {
            await using var intake = jmap.Store.Uploads.Begin(new Facteur.Storage.Emails.UploadOwner(jmap.Ada.Id, jmap.Ada.Id), piece.Length);
            await intake.WriteAsync(piece, default);
            pieces.Add($"u{(await intake.CompleteAsync("application/octet-stream", default)).Id.Value}");
        }
        var sources = string.Join(",", pieces.Select(piece => $$"""{"blobId": "{{piece}}"}"""));
        var whole = (await jmap.CallAsync("Blob/upload", $$$"""{"create": {"whole": {"data": [{{{sources}}}], "type": "application/pdf"} }}""")).GetProperty("created").GetProperty("whole");
        Assert.Equal((octets.Length, "application/pdf"), (whole.GetProperty("size").GetInt32(), whole.GetProperty("type").GetString()));
        var got = await jmap.CallAsync("Blob/get", $$$"""{"ids": ["{{{whole.GetProperty("id").GetString()}}}"], "properties": ["digest:sha-256"]}""");
        Assert.Equal(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(octets)), got.GetProperty("list")[0].GetProperty("digest:sha-256").GetString());
    }

    [Fact]
    public async Task One_request_makes_no_more_than_so_many_octets()
    {
        await using var small = await JmapHarness.StartAsync(new JmapLimits { MaxSizeBlobsInRequest = 25 });
        var answer = await small.CallAsync("Blob/upload", """{"create": {"a": {"data": [{"data:asText": "0123456789"}]}, "b": {"data": [{"blobId": "#a"}, {"blobId": "#a"}]}, "c": {"data": []}}}""");
        Assert.Equal("rateLimit", answer.GetProperty("notCreated").GetProperty("b").GetProperty("type").GetString());
        Assert.Equal(["a", "c"], answer.GetProperty("created").EnumerateObject().Select(one => one.Name));
        Assert.Equal(20, (await small.CallAsync("Blob/upload", """{"create": {"a": {"data": [{"data:asText": "01234567890123456789"}]}}}""")).GetProperty("created").GetProperty("a").GetProperty("size").GetInt32());
    }

    [Fact]
    public async Task Many_uploads_are_few_commits()
    {
        var create = string.Join(",", Enumerable.Range(0, 500).Select(i => $$$"""  "c{{{i}}}": {"data": [{"data:asText": "{{{i}}}"}]}  """));
        var answer = await jmap.CallAsync("Blob/upload", $$$"""{"create": { {{{create}}} }}""");
        Assert.Equal(500, answer.GetProperty("created").EnumerateObject().Count());
        var ids = string.Join(",", answer.GetProperty("created").EnumerateObject().Select(one => $"\"{one.Value.GetProperty("id").GetString()}\""));
        var got = await jmap.CallAsync("Blob/get", $$$"""{"ids": [{{{ids}}}]}""");
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), got.GetProperty("list").EnumerateArray().Select(one => one.GetProperty("data:asText").GetString()));
    }

    [Theory]
    // The octets of "The quick brown fox jumped over the \x81\x81 dog.", RFC 9404 §4.2.
    [InlineData("""["data:asText", "digest:sha", "size"]""", 4, 5, "quick", null, false, false)]
    [InlineData("""["data", "size"]""", null, null, null, "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wZWQgb3ZlciB0aGUggYEgZG9nLg==", true, false)]
    [InlineData("""["data:asText"]""", null, null, null, null, true, false)]
    [InlineData("""["data:asBase64"]""", 36, 2, null, "gYE=", false, false)]
    [InlineData("""["data"]""", 0, 5, "The q", null, false, false)]
    [InlineData("""["data"]""", 39, 100, "dog.", null, false, true)]
    [InlineData("""["data"]""", 100, 5, "", null, false, true)]
    [InlineData("""["data"]""", 100, null, "", null, false, true)]
    [InlineData("""["data"]""", 43, null, "", null, false, false)]
    public async Task Octets_are_told_as_asked(string properties, int? offset, int? length, string? text, string? base64, bool isEncodingProblem, bool isTruncated)
    {
        var blob = await UploadAsync("VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wZWQgb3ZlciB0aGUggYEgZG9nLg==");
        var range = (offset is null ? "" : $", \"offset\": {offset}") + (length is null ? "" : $", \"length\": {length}");
        var got = (await jmap.CallAsync("Blob/get", $$$"""{"ids": ["{{{blob}}}"], "properties": {{{properties}}}{{{range}}}}""")).GetProperty("list")[0];
        Assert.Equal(text, got.TryGetProperty("data:asText", out var asText) ? asText.GetString() : null);
        Assert.Equal(base64, got.TryGetProperty("data:asBase64", out var asBase64) ? asBase64.GetString() : null);
        Assert.Equal(isEncodingProblem, got.TryGetProperty("isEncodingProblem", out _));
        Assert.Equal(isTruncated, got.TryGetProperty("isTruncated", out _));
        if (properties.Contains("size", StringComparison.Ordinal)) Assert.Equal(43, got.GetProperty("size").GetInt32());
        // The digest is of the octets that were selected: "quick".
        if (properties.Contains("digest", StringComparison.Ordinal)) Assert.Equal("QiRPy7mvJM1rdVb2z3UTfvfAgAE=".Length, got.GetProperty("digest:sha").GetString()!.Length);
    }

    [Fact]
    public async Task Digests_are_of_what_is_selected_with_or_without_data()
    {
        var blob = await UploadAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes("xxabcxx")));
        foreach (var properties in new[] { """["digest:sha-256", "digest:sha-512"]""", """["digest:sha-256", "data"]""" })
        {
            var got = (await jmap.CallAsync("Blob/get", $$$"""{"ids": ["{{{blob}}}"], "properties": {{{properties}}}, "offset": 2, "length": 3}""")).GetProperty("list")[0];
            // SHA-256 of "abc" (FIPS 180-2).
            Assert.Equal("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", got.GetProperty("digest:sha-256").GetString());
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_and_what_is_not_there_not_found()
    {
        var answer = await jmap.CallAsync("Blob/get", """{"ids": ["u1", "e1", "not-a-blob", "#x", "../x"]}""");
        Assert.Equal(["u1", "e1", "not-a-blob", "#x", "../x"], answer.GetProperty("notFound").EnumerateArray().Select(one => one.GetString()));
        await jmap.CallAsync("Blob/get", """{}""", error: "invalidArguments");
        await jmap.CallAsync("Blob/get", """{"ids": [], "properties": ["digest:md5"]}""", error: "invalidArguments");
        await jmap.CallAsync("Blob/get", """{"ids": [], "offset": -1}""", error: "invalidArguments");
        var large = await jmap.Store.Uploads.BeginAndCompleteAsync(new(jmap.Ada.Id, jmap.Ada.Id), new byte[17 * 1024 * 1024]);
        await jmap.CallAsync("Blob/get", $$$"""{"ids": ["u{{{large.Id.Value}}}"]}""", error: "requestTooLarge");
        Assert.Equal(17 * 1024 * 1024, (await jmap.CallAsync("Blob/get", $$$"""{"ids": ["u{{{large.Id.Value}}}"], "properties": ["size", "digest:sha-256"]}""")).GetProperty("list")[0].GetProperty("size").GetInt32());
    }

    [Fact]
    public async Task A_blob_is_looked_up_where_it_is_used()
    {
        var email = await jmap.DeliverAsync("Subject: x\n\nhello\n");
        var upload = await UploadAsync("YQ==");
        var answer = await jmap.CallAsync("Blob/lookup", $$$"""{"typeNames": ["Email", "Thread", "Mailbox"], "ids": ["e{{{email.Value}}}", "e{{{email.Value}}}-1", "{{{upload}}}", "e999", "not-a-blob"]}""");
        var list = answer.GetProperty("list").EnumerateArray().ToList();
        Assert.Equal(4, list.Count);
        var matched = list[0].GetProperty("matchedIds");
        Assert.Equal($"e{email.Value}", matched.GetProperty("Email")[0].GetString());
        Assert.StartsWith("t", matched.GetProperty("Thread")[0].GetString());
        Assert.StartsWith("m", matched.GetProperty("Mailbox")[0].GetString());
        Assert.Equal(1, list[1].GetProperty("matchedIds").GetProperty("Email").GetArrayLength());
        foreach (var nothing in list[2..]) Assert.Equal(0, nothing.GetProperty("matchedIds").GetProperty("Email").GetArrayLength());
        Assert.Equal("not-a-blob", answer.GetProperty("notFound")[0].GetString());
        await jmap.CallAsync("Blob/lookup", """{"typeNames": ["Email", "Calendar"], "ids": []}""", error: "unknownDataType");
    }

    [Fact]
    public async Task Blobs_are_copied_between_accounts_without_being_stored_twice()
    {
        var (shared, sharedId) = await SharedAsync(ShareRights.All);
        var email = await jmap.DeliverAsync($"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(Encoding.ASCII.GetBytes("hello"))}\n");
        var upload = await UploadAsync("YQ==");
        var answer = await jmap.CallAsync("Blob/copy", $$$"""{"fromAccountId": "{{{jmap.AccountId}}}", "blobIds": ["e{{{email.Value}}}", "e{{{email.Value}}}-1", "{{{upload}}}", "u99"]}""", account: sharedId);
        Assert.Equal((jmap.AccountId, sharedId), (answer.GetProperty("fromAccountId").GetString(), answer.GetProperty("accountId").GetString()));
        var copied = answer.GetProperty("copied");
        Assert.Equal(3, copied.EnumerateObject().Count());
        Assert.Equal("notFound", answer.GetProperty("notCopied").GetProperty("u99").GetProperty("type").GetString());
        async Task<string?> TextAsync(string id, string account) =>
            (await jmap.CallAsync("Blob/get", $$$"""{"ids": ["{{{id}}}"], "properties": ["data:asText"]}""", account: account)).GetProperty("list").EnumerateArray().Select(one => one.GetProperty("data:asText").GetString()).SingleOrDefault();
        Assert.StartsWith("Subject: x", await TextAsync(copied.GetProperty($"e{email.Value}").GetString()!, sharedId));
        Assert.Equal("hello", await TextAsync(copied.GetProperty($"e{email.Value}-1").GetString()!, sharedId));
        Assert.Equal("a", await TextAsync(copied.GetProperty(upload).GetString()!, sharedId));
        Assert.Null(await TextAsync(copied.GetProperty(upload).GetString()!, jmap.AccountId));
        await jmap.CallAsync("Blob/copy", """{"fromAccountId": "a999", "blobIds": []}""", error: "fromAccountNotFound");
        // Another member does not see what this one uploaded (RFC 8620 §6.1).
        var bob = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        await jmap.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, bob.Id, ShareRights.All), default);
        var got = await jmap.CallAsync("Blob/get", $$$"""{"ids": ["{{{copied.GetProperty(upload).GetString()}}}"]}""", by: bob, account: sharedId);
        Assert.Equal(1, got.GetProperty("notFound").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_is_uploaded_to_an_account_that_can_only_be_read()
    {
        var (_, sharedId) = await SharedAsync(ShareRights.Read);
        await jmap.CallAsync("Blob/upload", """{"create": {}}""", error: "accountReadOnly", account: sharedId);
        await jmap.CallAsync("Blob/copy", $$$"""{"fromAccountId": "{{{jmap.AccountId}}}", "blobIds": []}""", error: "accountReadOnly", account: sharedId);
    }

    private async Task<(AccountRecord Account, string Id)> SharedAsync(ShareRights rights)
    {
        var domain = (await jmap.Store.Directory.FindDomainAsync("example.com", default))!;
        var shared = await jmap.Store.Directory.AddAccountAsync(domain.Id, "info@example.com", "Info", AccountKind.Shared, default);
        await jmap.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, jmap.Ada.Id, rights), default);
        return (shared, JmapIds.Of(shared.Id));
    }

    private async Task<string> UploadAsync(string base64) =>
        (await jmap.CallAsync("Blob/upload", $$$"""{"create": {"x": {"data": [{"data:asBase64": "{{{base64}}}"}]} }}""")).GetProperty("created").GetProperty("x").GetProperty("id").GetString()!;
}
