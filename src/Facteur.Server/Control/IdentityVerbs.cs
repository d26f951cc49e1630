using Facteur.Accounts;

namespace Facteur.Server.Control;

/// <summary>Verbs over the identities of an account; each answers with all of them as they are then.</summary>
internal sealed class IdentityVerbs(AccountService accounts, RecipientDirectory recipients)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("identity.list", ListAsync),
        ("identity.add", AddAsync),
        ("identity.default", async (request, cancel) =>
        {
            await accounts.SetDefaultIdentityAsync(request.Require("account"), request.Require("which"), cancel);
            return await ListAsync(request, cancel);
        }),
        ("identity.remove", async (request, cancel) =>
        {
            await accounts.RemoveIdentityAsync(request.Require("account"), request.Require("which"), cancel);
            return await ListAsync(request, cancel);
        }),
    ];

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var owner = await accounts.GetAccountAsync(request.Require("account"), cancel);
        var views = new List<IdentityView>();
        foreach (var one in await accounts.ListIdentitiesAsync(owner.Address, cancel))
            views.Add(new IdentityView(one.Id, one.Name, one.Address, Text(one.ReplyTo), Text(one.Bcc), one.SignatureText, one.SignatureHtml, one.IsDefault, await recipients.MaySendAsAsync(owner.Id, one.Address, cancel)));
        return ControlReply.Done(views);
    }

    private async ValueTask<ControlReply> AddAsync(ControlRequest request, CancellationToken cancel)
    {
        var owner = await accounts.GetAccountAsync(request.Require("account"), cancel);
        var identity = new Identity(0, request.Find("name") ?? owner.DisplayName, request.Require("address"))
        {
            ReplyTo = List(request.Find("replyTo")), Bcc = List(request.Find("bcc")), SignatureText = request.Find("signature"), SignatureHtml = request.Find("signatureHtml"), IsDefault = request.Has("default"),
        };
        await accounts.AddIdentityAsync(owner.Address, identity, cancel);
        return await ListAsync(request, cancel);
    }

    private static string? Text(IReadOnlyList<NamedAddress>? addresses) => addresses is null ? null : string.Join(", ", addresses);

    private static IReadOnlyList<NamedAddress>? List(string? text) => text is null ? null : NamedAddress.ParseList(text);
}

/// <summary>An identity as verbs show it.</summary>
/// <param name="Id">0: made of the account itself, which has none of its own.</param>
/// <param name="Allowed">False: the account may not send as the address any more.</param>
internal sealed record IdentityView(int Id, string Name, string Address, string? ReplyTo, string? Bcc, string? SignatureText, string? SignatureHtml, bool Default, bool Allowed);
