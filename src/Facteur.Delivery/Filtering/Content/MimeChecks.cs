using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Content;

/// <summary>
/// Messages whose structure nobody writes by hand (S-12, S-13). The parser describes so many parts and levels and no more; what lies
/// beyond was not looked at by any check, so such a message never goes to an inbox by itself.
/// </summary>
internal static class MimeChecks
{
    /// <summary>Parts and levels met in honest mail: a digest of a busy list, a chain of forwards.</summary>
    private const int ManyParts = 500;
    private const int DeepLevels = 30;

    public static void Judge(FilterInput input, Structure structure, FilterScore score)
    {
        var limits = MimeLimits.Default;
        if (structure.Parts.Count >= limits.MaxParts - 1 || structure.Depth >= limits.MaxDepth - 1)
        {
            score.Add("mime.beyond", 6, "the message has more parts than can be looked at", "le message a plus de parties qu'on ne peut en examiner");
            score.ForceJunk();
        }
        else if (structure.Parts.Count > ManyParts || structure.Depth > DeepLevels)
            score.Add("mime.complex", 2, $"the message has {structure.Parts.Count} parts in {structure.Depth} levels", $"le message a {structure.Parts.Count} parties sur {structure.Depth} niveaux");
        if (input.Facts.HeaderSize - input.Start > limits.MaxHeaderOctets)
        {
            score.Add("mime.header", 6, "the header is longer than can be looked at", "l'en-tête est plus long qu'on ne peut l'examiner");
            score.ForceJunk();
        }
    }

    /// <summary>All parts, parents first, and how deep they lie.</summary>
    public sealed record Structure(IReadOnlyList<MessagePart> Parts, int Depth)
    {
        public static Structure Of(MessageFacts facts)
        {
            var parts = new List<MessagePart>();
            var deepest = 0;
            var open = new Stack<(MessagePart Part, int Depth)>();
            open.Push((PartTable.Parse(facts.Parts.Span), 0));
            while (open.TryPop(out var next))
            {
                parts.Add(next.Part);
                deepest = Math.Max(deepest, next.Depth);
                for (var i = next.Part.Children.Count - 1; i >= 0; i--) open.Push((next.Part.Children[i], next.Depth + 1));
            }
            return new Structure(parts, deepest);
        }
    }
}
