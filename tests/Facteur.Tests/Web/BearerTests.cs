using System.Net;
using Facteur.Accounts;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Http;

namespace Facteur.Tests.Web;

/// <summary>Bearer tokens on HTTP (RFC 6750), for the endpoints that will take them.</summary>
public sealed class BearerTests
{
    [Fact]
    public async Task A_token_is_taken_from_the_header_field_alone_and_for_its_scope()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var token = (string)(await program.TokensAsync(await web.SignedInAsync()))["access_token"]!;
        Assert.Equal((200, ""), await AskAsync("Bearer " + token, MailProtocol.Imap));
        Assert.Equal((200, ""), await AskAsync("bearer " + token, MailProtocol.Imap));
        // RFC 6750 §3.1: no error code for who brought nothing.
        Assert.Equal((401, "Bearer realm=\"facteur\""), await AskAsync(null, MailProtocol.Imap));
        Assert.Equal((401, "Bearer realm=\"facteur\""), await AskAsync("Basic bW9pOng=", MailProtocol.Imap));
        var (status, said) = await AskAsync("Bearer " + token, MailProtocol.Jmap);
        Assert.Equal(403, status);
        Assert.Contains("error=\"insufficient_scope\"", said);
        (status, said) = await AskAsync("Bearer x", MailProtocol.Imap);
        Assert.Equal(401, status);
        Assert.Contains("error=\"invalid_token\"", said);
        (status, said) = await AskAsync("Bearer " + token, MailProtocol.Imap, "?access_token=" + token);
        Assert.Equal(400, status);
        Assert.Contains("error=\"invalid_request\"", said);

        async Task<(int, string)> AskAsync(string? header, MailProtocol protocol, string query = "")
        {
            var context = new DefaultHttpContext();
            context.Request.Scheme = "https";
            context.Request.QueryString = new QueryString(query);
            context.Connection.RemoteIpAddress = IPAddress.Loopback;
            if (header is not null) context.Request.Headers.Authorization = header;
            var account = await BearerTokens.RequireAsync(context, web.Logins, protocol);
            Assert.Equal(context.Response.StatusCode == 200, account?.Address == "moi@demo.test");
            return (context.Response.StatusCode, context.Response.Headers.WWWAuthenticate.ToString());
        }
    }
}
