using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>The header fields that the properties of an Email or of an EmailBodyPart ask for, each by one property (RFC 8621 §4.6).</summary>
internal sealed class DraftHeader
{
    // Fields in the order people read them; others follow as they were sent.
    private static readonly string[] Order =
        ["Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID", "In-Reply-To", "References"];

    private readonly Dictionary<string, string> owners = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<DraftField> fields = [];

    public IReadOnlyList<DraftField> Fields => fields;

    public bool Has(string field) => owners.ContainsKey(field);

    public void Add(DraftField field)
    {
        owners[field.Name] = field.Name;
        fields.Add(field);
    }

    /// <summary>Notes that a property stands for a field; two that do are both invalid.</summary>
    public bool Claim(string field, string property, JmapObjectReader reader)
    {
        if (owners.TryAdd(field, property)) return true;
        reader.Invalid(property, $"{field} is given twice");
        reader.Invalid(owners[field], $"{field} is given twice");
        return false;
    }

    /// <summary>Reads what a property says of a field; null and an empty list say nothing.</summary>
    public void Read(HeaderProperty header, string property, JsonElement value, JmapObjectReader reader)
    {
        if (value.ValueKind == JsonValueKind.Null || !Claim(header.Field, property, reader)) return;
        if (header.All && value.ValueKind != JsonValueKind.Array)
        {
            reader.Invalid(property, $"{property} is not a list");
            return;
        }
        var name = Array.Find(Order, known => known.Equals(header.Field, StringComparison.OrdinalIgnoreCase)) ?? header.Field;
        if (header.All)
            foreach (var one in value.EnumerateArray()) ReadOne(name, header.Form, property, one, reader);
        else
            ReadOne(name, header.Form, property, value, reader);
    }

    public IEnumerable<DraftField> InOrder() => fields.OrderBy(static field => Array.IndexOf(Order, field.Name) is >= 0 and var place ? place : Order.Length);

    private void ReadOne(string name, HeaderForm form, string property, JsonElement value, JmapObjectReader reader)
    {
        // A name that a line has no room for.
        if (name.Length > 76 || !DraftField.TryRead(name, form, value, out var field)) reader.Invalid(property, $"the value of {property} cannot stand in {name}");
        else if (field.Value.Length > 0 || form == HeaderForm.Raw) fields.Add(field);
    }
}
