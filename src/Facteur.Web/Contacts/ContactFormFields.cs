using System.Globalization;
using Facteur.Accounts.Contacts;
using Facteur.Storage.Contacts;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Pages;

/// <summary>The form of a contact, as it is shown and as it comes back.</summary>
/// <param name="Id">"" for a new one.</param>
/// <param name="Changed">When the card was as it is shown: a change by somebody else meanwhile is not overwritten.</param>
/// <param name="BirthDay">As typed.</param>
public sealed record ContactFormFields(string Id, long Changed, ContactFields Fields, string BirthDay = "", string BirthMonth = "", string BirthYear = "")
{
    /// <summary>Rows of a kind that a form has; a card that has more keeps them.</summary>
    private const int MaxRows = 20, MinRows = 2;

    public static readonly ContactFormFields New = new("", 0, new ContactFields());

    /// <summary>A note too long for a form is not in it, and stays.</summary>
    public bool HasNote { get; init; } = true;

    /// <summary>Rows to show: those there are, and room for another.</summary>
    public IReadOnlyList<ContactField> EmailRows => Rows(Fields.Emails);

    /// <inheritdoc cref="EmailRows"/>
    public IReadOnlyList<ContactField> PhoneRows => Rows(Fields.Phones);

    public string Name => ContactCard.Line($"{Fields.Given} {Fields.Surname}") is { Length: > 0 } name ? name : Fields.Organization.Length > 0 ? Fields.Organization : Fields.Emails is [var email, ..] ? email.Value : "";

    public static ContactFormFields Of(ContactRecord record, ContactFields fields) =>
        new(record.Id.Value.ToString(CultureInfo.InvariantCulture), record.Changed.Value, fields, Text(fields.Birthday.Day), Text(fields.Birthday.Month), Text(fields.Birthday.Year));

    public static ContactFormFields Read(IFormCollection form)
    {
        string Of(string name) => ContactCard.Line(form[name].ToString());
        var (day, month, year) = (Of("birth-day"), Of("birth-month"), Of("birth-year"));
        return new ContactFormFields(Of("id"), long.TryParse(Of("changed"), NumberStyles.None, CultureInfo.InvariantCulture, out var changed) ? changed : 0, new ContactFields
        {
            Given = Of("given"), Surname = Of("surname"), Nickname = Of("nickname"), Organization = Of("organization"), Title = Of("title"),
            Emails = Entries(form, "email", ContactFields.EmailKinds), Phones = Entries(form, "phone", ContactFields.PhoneKinds),
            Address = new ContactAddress(Of("street"), Of("postcode"), Of("locality"), Of("region"), Of("country")),
            Birthday = new ContactDay(Number(year), Number(month), Number(day)),
            Note = form["note"].ToString().ReplaceLineEndings("\n").Trim(),
        }, day, month, year) { HasNote = form.ContainsKey("note") };
    }

    /// <summary>What cannot be: the key of its sentence, and the value that it is about; null for nothing.</summary>
    public (string Key, string Value)? Problem()
    {
        if (Fields.IsNameless) return ("Nameless", "");
        foreach (var one in Fields.Emails)
            if (one.Value.Length > 0 && !ContactCard.IsEmail(one.Value)) return ("BadEmail", one.Value);
        if (!Fields.Birthday.IsPossible || BirthDay != Text(Fields.Birthday.Day) || BirthMonth != Text(Fields.Birthday.Month) || BirthYear != Text(Fields.Birthday.Year)) return ("BadDay", "");
        string[] texts = [Fields.Given, Fields.Surname, Fields.Nickname, Fields.Organization, Fields.Title, .. Fields.Phones.Select(one => one.Value), Fields.Address.Street, Fields.Address.Postcode, Fields.Address.Locality, Fields.Address.Region, Fields.Address.Country];
        return Array.Exists(texts, text => text.Length > ContactFields.MaxText) || Fields.Note.Length > ContactFields.MaxNote ? ("TooLong", "") : null;
    }

    /// <summary>What is to be kept: with what the card has beyond the rows of a form.</summary>
    public ContactFields With(ContactFields now) => Fields with { Emails = [.. Fields.Emails, .. now.Emails.Skip(MaxRows)], Phones = [.. Fields.Phones, .. now.Phones.Skip(MaxRows)], Note = HasNote ? Fields.Note : now.Note };

    private static List<ContactField> Rows(IReadOnlyList<ContactField> entries)
    {
        var rows = entries.Take(MaxRows).ToList();
        do rows.Add(new ContactField("", "")); while (rows.Count < MinRows);
        return rows;
    }

    private static List<ContactField> Entries(IFormCollection form, string name, IReadOnlyList<string> kinds)
    {
        var (keys, values, chosen) = (form[name + "-key"], form[name], form[name + "-kind"]);
        var entries = new List<ContactField>();
        for (var i = 0; i < values.Count && i <= MaxRows; i++)
            if (ContactCard.Line(values[i] ?? "") is { Length: > 0 } value)
                entries.Add(new ContactField(i < keys.Count ? keys[i] ?? "" : "", value, i < chosen.Count && kinds.Contains(chosen[i] ?? "") ? chosen[i]! : ""));
        return entries;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
