using System.Globalization;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>A person of the demo.</summary>
internal sealed record DemoPerson(string Name, string Address, bool French);

/// <summary>What the writers of demo messages share: one random sequence, the clock, identifiers, people.</summary>
internal sealed class DemoDesk(DateTimeOffset now, int seed)
{
    /// <summary>The account that is filled.</summary>
    public static readonly DemoPerson Me = new("Camille Martin", "moi@demo.test", true);

    public static readonly DemoPerson Friend = new("Éloïse Bernard", "ami@demo.test", true);

    public static readonly DemoPerson[] People =
    [
        Friend,
        new("Jérôme Lefèvre", "jerome.lefevre@exemple.test", true),
        new("Sarah O'Connor", "sarah.oconnor@example.test", false),
        new("Zoé Lambert", "zoe@atelier-lambert.test", true),
        new("Dr. Tom Baker", "tom.baker@uni.example.test", false),
        new("Noël Garçon", "noel.garcon@mairie.exemple.test", true),
        new("Priya Natarajan", "priya@studio.example.test", false),
        new("Łukasz Wiśniewski", "lukasz@example.test", false),
        new("François d'Arcy", "francois.darcy@exemple.test", true),
        new("Anna Müller", "anna.mueller@example.test", false),
        new("Inès Benali", "ines.benali@exemple.test", true),
        new("Mike \"Mac\" McAllister", "mac@example.test", false),
    ];

    private readonly Random random = new(seed);
    private int lastId;

    public DateTimeOffset Now { get; } = new(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond, now.Offset);

    public int Next(int max) => random.Next(max);

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>A moment in the past, by day; more often in working hours, never after <see cref="Now"/>.</summary>
    public DateTimeOffset DaysAgo(double days)
    {
        var moment = Now - TimeSpan.FromDays(days) + TimeSpan.FromMinutes(random.Next(-240, 240));
        return moment <= Now ? moment : Now - TimeSpan.FromMinutes(1 + random.Next(60));
    }

    public string NextId(string domain = "demo.test") =>
        string.Create(CultureInfo.InvariantCulture, $"<{++lastId}.{random.Next():x8}@{domain}>");

    /// <summary>A message begun: From, To, Subject, Date and Message-ID written.</summary>
    public MessageBuilder Begin(DemoPerson from, DemoPerson to, string subject, DateTimeOffset date)
    {
        var id = NextId(from.Address[(from.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        return new MessageBuilder { Subject = subject, Date = date, MessageId = id, BoundarySeed = "demo" + lastId.ToString(CultureInfo.InvariantCulture) }
            .From(from.Address, from.Name).To(to.Address, to.Name);
    }

    public static DemoMessage Put(string mailbox, MessageBuilder message, bool seen = true, bool flagged = false) =>
        new(mailbox, seen, flagged, message.Date!.Value, message.WriteAsync);

    /// <summary>A message given by its octets, as broken as they are.</summary>
    public static DemoMessage Put(string mailbox, byte[] octets, DateTimeOffset date, bool seen = true) =>
        new(mailbox, seen, false, date, (output, cancel) => output.WriteAsync(octets, cancel));
}
