namespace Facteur.Jmap;

/// <summary>
/// ContactCard/copy (RFC 9610, RFC 8620 §5.4): cards go from one account to another, and a user sees the address book of one account, their own. So there is nothing
/// to copy to or from, and each call is answered with what is wrong with its accounts.
/// </summary>
internal sealed class ContactCardCopy() : JmapMethod("ContactCard/copy", JmapCapabilities.Contacts)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "fromAccountId", "ifFromInState", "accountId", "ifInState", "create", "onSuccessDestroyOriginal", "destroyFromIfInState");
        var account = await call.AccountAsync(write: true, cancel);
        var from = await call.Request.FindAccountAsync(JmapArguments.RequireString(call.Arguments, "fromAccountId"), cancel) ?? throw new JmapMethodException("fromAccountNotFound");
        throw from.Id == account.Id ? JmapMethodException.InvalidArguments("fromAccountId and accountId are the same") : new JmapMethodException("fromAccountNotSupportedByMethod");
    }
}
