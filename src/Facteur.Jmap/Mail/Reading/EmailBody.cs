using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>The parts of one message, with what a plan asks of them.</summary>
internal sealed class EmailBody
{
    /// <summary>Octets of part headers kept of one message; parts past it show none.</summary>
    private const long MaxHeaderOctets = 8 * 1024 * 1024;

    private EmailBody(BodyPart root, BodySelection? selection) => (Root, Selection) = (root, selection);

    public BodyPart Root { get; }

    /// <summary>Null unless the plan needs it.</summary>
    public BodySelection? Selection { get; }

    public static async ValueTask<EmailBody> ReadAsync(EmailPlan plan, EmailFacts facts, OpenEmail message, CancellationToken cancel)
    {
        var root = BodyPart.Read(ReadParts(facts), facts.BodyStructure);
        if (plan.NeedsSizes) await MeasureAsync(root, message, cancel);
        if (plan.NeedsPartHeaders) await ReadHeadersAsync(plan, root, message, cancel);
        return new EmailBody(root, plan.NeedsSelection ? BodySelection.Of(root) : null);
    }

    /// <summary>Text parts whose values are asked for, each once.</summary>
    public IEnumerable<BodyPart> ValuedParts(EmailPlan plan)
    {
        var parts = plan.FetchAllBodyValues ? Root.All() : [];
        if (plan.FetchTextBodyValues) parts = parts.Concat(Selection!.TextBody);
        if (plan.FetchHtmlBodyValues) parts = parts.Concat(Selection!.HtmlBody);
        return parts.Where(part => part.IsText).Distinct();
    }

    private static MessagePart ReadParts(EmailFacts facts)
    {
        try
        {
            return PartTable.Parse(facts.Parts);
        }
        catch (InvalidDataException)
        {
            // A damaged table: nothing is known of the body but that it is there.
            return new MessagePart
            {
                Type = "application", Subtype = "octet-stream", Encoding = TransferEncoding.Binary, HeaderOffset = 0, HeaderLength = 0, BodyOffset = 0,
                BodyLength = 0, Lines = 0,
            };
        }
    }

    private static async ValueTask MeasureAsync(BodyPart root, OpenEmail message, CancellationToken cancel)
    {
        foreach (var part in root.All())
            if (part.Size is null) part.Size = await DecodedSource.MeasureAsync(message, part.Part, cancel);
    }

    private static async ValueTask ReadHeadersAsync(EmailPlan plan, BodyPart root, OpenEmail message, CancellationToken cancel)
    {
        var room = MaxHeaderOctets;
        foreach (var part in root.All())
        {
            if (part.Part.HeaderLength > room) continue;
            part.Header = await message.ReadHeaderAsync(part.Part.HeaderOffset, part.Part.HeaderLength, plan.BodyHeaders, cancel);
            room -= part.Header.Block.Length;
        }
    }
}
