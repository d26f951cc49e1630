using System.Globalization;
using System.Net;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over logins that were, and addresses that may not try any more.</summary>
/// <param name="history">Of the running server, with what is not written yet; of the store alone when it is stopped.</param>
internal sealed class LoginVerbs(AccountService accounts, LoginHistory history, AddressBlocks blocks)
{
    private const int MaxListed = 10_000;

    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("account.logins", ListAsync), ("block.list", ListBlocksAsync), ("block.rm", RemoveBlockAsync)];

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var since = request.Find("since") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : DateTimeOffset.UnixEpoch;
        var max = request.Find("max") is { } count ? Math.Clamp(int.Parse(count, CultureInfo.InvariantCulture), 1, MaxListed) : MaxListed;
        return ControlReply.Done((await history.ListAsync(account.Id, since, max, cancel)).Select(LoginView.Of).ToList());
    }

    private async ValueTask<ControlReply> ListBlocksAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done((await blocks.ListAsync(cancel)).Select(BlockView.Of).ToList());

    private async ValueTask<ControlReply> RemoveBlockAsync(ControlRequest request, CancellationToken cancel)
    {
        var text = request.Require("remote");
        if (!IPAddress.TryParse(text.Split('/')[0], out var address)) return ControlReply.Failed($"\"{text}\" is no address of a client, such as 192.0.2.1.");
        return await blocks.RemoveAsync(address, cancel) ? ControlReply.Done(new UnblockedView(text)) : ControlReply.Failed($"{text} is not blocked; see: facteur block list");
    }
}

/// <summary>Equal logins within an hour.</summary>
/// <param name="Result">"ok", or the code of the refusal.</param>
internal sealed record LoginView(DateTimeOffset First, DateTimeOffset Last, int Count, string Protocol, string Remote, string Program, string Credential, string Result)
{
    public static LoginView Of(LoginHistoryRow row) => new(row.First, row.Last, row.Count, row.Protocol, row.Remote, row.Program, row.Credential, row.Result);
}

internal sealed record BlockView(string Remote, int Failures, DateTimeOffset Until)
{
    public static BlockView Of(AddressBlock block) => new(block.Address.ToString(), block.Failures, block.Until);
}

internal sealed record UnblockedView(string Remote);
