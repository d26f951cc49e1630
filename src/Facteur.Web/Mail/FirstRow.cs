using System.Text.Json;

namespace Facteur.Web.Mail;

/// <summary>Somebody of a row, as Client/src/list/Row.tsx shows names.</summary>
internal sealed record FirstName(string Text, bool IsUnread);

/// <summary>A conversation of the first list, put together as Client/src/store/conversations.ts does it: what is painted first is what the script draws over it.</summary>
/// <param name="ThreadId">As the address of the page names it.</param>
/// <param name="Names">Few: the first who wrote, and the last.</param>
/// <param name="HasGap">Somebody is left out behind the first name.</param>
/// <param name="Count">Messages of the conversation.</param>
/// <param name="At">RFC 3339, in UTC.</param>
internal sealed record FirstRow(string ThreadId, IReadOnlyList<FirstName> Names, bool HasGap, int Count, string Subject, string Preview, string At)
{
    private const int MaxNames = 3;

    public bool IsUnread { get; private init; }
    public bool HasDraft { get; private init; }

    /// <summary>The first rows of the answers to <see cref="FirstList"/>'s calls.</summary>
    public static IReadOnlyList<FirstRow> Read(JsonElement answers, bool areConversations, int most)
    {
        var emails = answers[3][1].GetProperty("list"u8).EnumerateArray().ToDictionary(static email => email.GetProperty("id"u8).GetString()!);
        var threads = answers[2][1].GetProperty("list"u8).EnumerateArray().ToDictionary(static thread => thread.GetProperty("id"u8).GetString()!, static thread => thread.GetProperty("emailIds"u8));
        var rows = new List<FirstRow>();
        foreach (var id in answers[0][1].GetProperty("ids"u8).EnumerateArray().Take(most))
        {
            if (!emails.TryGetValue(id.GetString()!, out var shown)) continue;
            var thread = shown.GetProperty("threadId"u8).GetString()!;
            List<JsonElement> all = areConversations && threads.TryGetValue(thread, out var ids) ? [.. ids.EnumerateArray().Select(one => emails.GetValueOrDefault(one.GetString()!)).Where(static one => one.ValueKind == JsonValueKind.Object)] : [shown];
            rows.Add(Of(areConversations ? thread : "~" + id.GetString(), shown, all));
        }
        return rows;
    }

    private static FirstRow Of(string threadId, JsonElement shown, List<JsonElement> all)
    {
        var people = People(all);
        var few = people.Count <= MaxNames ? people : [people[0], .. people.Skip(people.Count - MaxNames + 1)];
        return new FirstRow(
            threadId, few.Count > 1 ? [.. few.Select(static one => one with { Text = Short(one.Text) })] : few, people.Count > few.Count, all.Count, Text(shown, "subject") ?? "", Text(shown, "preview") ?? "",
            Text(shown, "returnedAt") ?? Text(shown, "receivedAt") ?? "")
        {
            IsUnread = all.Any(IsUnreadEmail),
            HasDraft = all.Any(static email => Has(email, "$draft")),
        };
    }

    /// <summary>Who wrote, in the order of their first message; unread as soon as one of theirs is.</summary>
    private static List<FirstName> People(List<JsonElement> emails)
    {
        var (places, people) = (new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase), new List<FirstName>());
        foreach (var email in emails)
        {
            if (email.GetProperty("from"u8) is not { ValueKind: JsonValueKind.Array } from) continue;
            foreach (var one in from.EnumerateArray())
            {
                var address = Text(one, "email") ?? "";
                var name = Text(one, "name")?.Trim() is { Length: > 0 } given ? given : address;
                if (!places.TryGetValue(address, out var at))
                {
                    places.Add(address, people.Count);
                    people.Add(new FirstName(name, IsUnreadEmail(email)));
                }
                else people[at] = new FirstName(name, people[at].IsUnread || IsUnreadEmail(email));
            }
        }
        return people;
    }

    /// <summary>The first name; the whole of one that begins with "La" or "Dr".</summary>
    private static string Short(string name)
    {
        var end = name.AsSpan().IndexOfAny(" \t\n\r@");
        return end > 2 || end >= 0 && name.Contains('@') ? name[..end] : name;
    }

    private static bool IsUnreadEmail(JsonElement email) => !Has(email, "$seen") && !Has(email, "$draft");

    private static bool Has(JsonElement email, string keyword) => email.GetProperty("keywords"u8).TryGetProperty(keyword, out _);

    private static string? Text(JsonElement from, string property) => from.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
