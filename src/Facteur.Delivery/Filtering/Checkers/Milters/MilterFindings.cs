using System.Buffers.Binary;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Checkers.Milters;

/// <summary>
/// What the answers of one milter mean. Discard counts as reject: nothing vanishes. Quarantine is Junk. A header field may be added; a change
/// of one that is there is left out, since a message is kept as it came.
/// </summary>
internal sealed class MilterFindings(string name, FilterInput input, MessageHeader header, FilterScore score)
{
    private static readonly SmtpRefusal Refused = new(550, "5.7.1", "refused by local policy");
    private static readonly SmtpRefusal TryAgain = new(451, "4.7.1", "try again later");

    private readonly List<(FilterRecipient Recipient, SmtpRefusal Refusal)> refused = [];

    /// <summary>The milter has said its last word.</summary>
    public bool IsOver { get; private set; }

    /// <summary>It wants no more of the body.</summary>
    public bool SkipsBody { get; private set; }

    /// <summary>Takes an answer to a step that concerns the whole message.</summary>
    public void Take(MilterReply reply)
    {
        switch (reply.Code)
        {
            case MilterCode.Continue:
                break;
            case MilterCode.Accept:
                IsOver = true;
                break;
            case MilterCode.Skip:
                SkipsBody = true;
                break;
            default:
                Reject(RefusalOf(reply) ?? throw new CheckerException($"the milter answered '{reply.Code}', which is no verdict"));
                break;
        }
    }

    /// <summary>Takes an answer about one recipient: a refusal concerns that one.</summary>
    public void TakeRecipient(MilterReply reply, FilterRecipient recipient)
    {
        if (reply.Code is MilterCode.Reject or MilterCode.TemporaryFailure or MilterCode.ReplyCode) refused.Add((recipient, RefusalOf(reply)!));
        else Take(reply);
    }

    /// <summary>All recipients are named. Those refused have the message in Junk, unless that is all of them: then it is refused.</summary>
    public void EndRecipients()
    {
        if (refused.Count == 0) return;
        if (refused.Count == input.Recipients.Count)
        {
            Reject(refused[0].Refusal);
            return;
        }
        foreach (var (recipient, refusal) in refused)
            score.JunkFor(recipient.Account, new FilterReason($"{name}.recipient", 5, $"{name} refused it for you: {refusal.Text}", $"{name} l'a refusé pour vous : {refusal.Text}"));
    }

    /// <summary>Takes a change asked for at the end of the message; false when the reply is none, but the verdict.</summary>
    public bool TakeChange(MilterReply reply)
    {
        switch (reply.Code)
        {
            case MilterCode.AddHeader when reply.Strings() is { Count: >= 2 } added:
                Add(added[0], added[1]);
                return true;
            case MilterCode.InsertHeader when reply.Data.Length > 4 && reply.Strings(4) is { Count: >= 2 } inserted:
                Add(inserted[0], inserted[1]);
                return true;
            case MilterCode.ChangeHeader when reply.Data.Length > 4 && reply.Strings(4) is { Count: >= 1 } changed:
                // Past the last field of that name a change adds one.
                if (changed.Count > 1 && changed[1].Length > 0 && BinaryPrimitives.ReadUInt32BigEndian(reply.Data) > header.Count(System.Text.Encoding.ASCII.GetBytes(changed[0]))) Add(changed[0], changed[1]);
                return true;
            case MilterCode.Quarantine:
                var why = ReplyText.Clean(reply.Strings() is [var reason, ..] ? reason : "") ?? "no reason given";
                score.Add($"{name}.quarantine", 5, $"{name} set it aside: {why}", $"{name} l'a mis de côté : {why}");
                score.ForceJunk();
                return true;
            case 'b' or '+' or '-' or 'e' or '2' or MilterCode.AddHeader or MilterCode.InsertHeader or MilterCode.ChangeHeader:
                throw new CheckerException($"the milter wants a change that it may not make ('{reply.Code}')");
            default:
                return false;
        }
    }

    private void Add(string field, string value)
    {
        if (AddedFields.Make(field, value) is { } safe) score.Add(safe);
    }

    private void Reject(SmtpRefusal refusal)
    {
        IsOver = true;
        score.Add($"{name}.reject", 10, $"{name} refused it: {refusal.Text}", $"{name} l'a refusé : {refusal.Text}");
        score.Reject(refusal);
    }

    private static SmtpRefusal? RefusalOf(MilterReply reply) => reply.Code switch
    {
        MilterCode.Reject or MilterCode.Discard => Refused,
        MilterCode.TemporaryFailure or MilterCode.ConnectionFailure or MilterCode.Shutdown => TryAgain,
        MilterCode.ReplyCode => ReplyText.Parse(reply.Strings() is [var text, ..] ? text : "") ?? Refused,
        _ => null,
    };
}
