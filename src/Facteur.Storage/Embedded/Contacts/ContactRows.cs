using System.Text;
using Facteur.Mail;
using Facteur.Storage.Contacts;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Contacts;

/// <summary>Where an account's cards stand.</summary>
/// <param name="Floor">Removals up to here are forgotten.</param>
internal readonly record struct ContactState(long ModSeq, long Floor, long Cards, long Octets);

/// <summary>Reads rows of contacts.</summary>
internal static class ContactRows
{
    private const string Columns = "SELECT id, uid, name, emails, created_modseq, modseq, card FROM contact";
    private const string ById = Columns + " WHERE id = ?1 AND account = ?2";
    private const string ByUid = Columns + " WHERE account = ?1 AND uid = ?2"; // index contact_uid
    private const string OfAccount = Columns + " WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3";

    // Index contact_sort: in order without sorting. What a search passes over costs a look at its row.
    private const string Lines = "SELECT id, name, emails, search FROM contact WHERE account = ?1 ORDER BY sort, id";
    private const string SomeLines = "SELECT id, name, emails FROM contact WHERE account = ?1 ORDER BY sort, id LIMIT ?2 OFFSET ?3";

    public static ContactState State(SqliteConnection database, AccountId account)
    {
        var row = database.Get("SELECT modseq, floor, cards, octets FROM contact_state WHERE account = ?1").Bind(1, account.Value);
        if (!row.Step()) return default;
        var state = new ContactState(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3));
        row.Reset();
        return state;
    }

    public static ContactRecord? Find(SqliteConnection database, AccountId account, ContactId id) =>
        One(database.Get(ById).Bind(1, id.Value).Bind(2, account.Value));

    public static ContactRecord? Find(SqliteConnection database, AccountId account, string uid) =>
        One(database.Get(ByUid).Bind(1, account.Value).Bind(2, uid));

    public static IReadOnlyList<ContactRecord> List(SqliteConnection database, AccountId account, ContactId after, int max)
    {
        var records = new List<ContactRecord>();
        var row = database.Get(OfAccount).Bind(1, account.Value).Bind(2, after.Value).Bind(3, max);
        while (row.Step()) records.Add(Read(row));
        return records;
    }

    public static ContactPage Page(SqliteConnection database, AccountId account, ContactListing listing)
    {
        var needles = FoldedText.Fold(listing.Search).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return needles.Length == 0 ? Some(database, account, listing) : Search(database, account, listing, needles);
    }

    public static ContactChanges? Changes(SqliteConnection database, AccountId account, ModSeq since)
    {
        database.Get("BEGIN").Run();
        try
        {
            var state = State(database, account);
            if (since.Value > state.ModSeq || since.Value < state.Floor) return null;
            var changed = new List<ContactChange>();
            var row = database.Get("SELECT id, created_modseq, modseq FROM contact WHERE account = ?1 AND modseq > ?2 ORDER BY modseq").Bind(1, account.Value).Bind(2, since.Value);
            while (row.Step()) changed.Add(new ContactChange(new ContactId(row.Int64(0)), new ModSeq(row.Int64(1)), new ModSeq(row.Int64(2))));
            var removed = new List<(ContactId, ModSeq)>();
            row = database.Get("SELECT id, modseq FROM contact_gone WHERE account = ?1 AND modseq > ?2 ORDER BY modseq").Bind(1, account.Value).Bind(2, since.Value);
            while (row.Step()) removed.Add((new ContactId(row.Int64(0)), new ModSeq(row.Int64(1))));
            return new ContactChanges(changed, removed, new ModSeq(state.ModSeq));
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    private static ContactPage Some(SqliteConnection database, AccountId account, ContactListing listing)
    {
        var lines = new List<ContactLine>(listing.Max);
        var row = database.Get(SomeLines).Bind(1, account.Value).Bind(2, listing.Max).Bind(3, listing.Skip);
        while (row.Step()) lines.Add(Line(row));
        return new ContactPage(lines, (int)State(database, account).Cards);
    }

    private static ContactPage Search(SqliteConnection database, AccountId account, ContactListing listing, string[] needles)
    {
        var octets = Array.ConvertAll(needles, Encoding.UTF8.GetBytes);
        var lines = new List<ContactLine>(listing.Max);
        var total = 0;
        var row = database.Get(Lines).Bind(1, account.Value);
        while (row.Step())
        {
            if (!Matches(row.Octets(3), octets)) continue;
            if (total++ >= listing.Skip && lines.Count < listing.Max) lines.Add(Line(row));
        }
        return new ContactPage(lines, total);
    }

    private static bool Matches(ReadOnlySpan<byte> text, byte[][] needles)
    {
        foreach (var needle in needles)
            if (text.IndexOf(needle) < 0) return false;
        return true;
    }

    private static ContactLine Line(SqliteStatement row) => new(new ContactId(row.Int64(0)), row.Text(1), Emails(row.Text(2)));

    private static ContactRecord? One(SqliteStatement row)
    {
        if (!row.Step()) return null;
        var record = Read(row);
        row.Reset();
        return record;
    }

    private static ContactRecord Read(SqliteStatement row) => new(
        new ContactId(row.Int64(0)), row.Text(1), row.Text(2), Emails(row.Text(3)), row.Octets(6).ToArray(), new ModSeq(row.Int64(4)), new ModSeq(row.Int64(5)));

    private static string[] Emails(string lines) => lines.Length == 0 ? [] : lines.Split('\n');
}
