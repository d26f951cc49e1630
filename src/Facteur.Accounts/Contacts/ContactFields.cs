namespace Facteur.Accounts.Contacts;

/// <summary>A value of which a card has several, as forms show it.</summary>
/// <param name="Key">Its key in the card's map; "" for a new one.</param>
/// <param name="Value">Empty: it goes.</param>
/// <param name="Kind">"" for any; "private" and "work" of both, "mobile" and "fax" of telephones.</param>
public sealed record ContactField(string Key, string Value, string Kind = "");

/// <summary>A postal address by its parts; all empty for none.</summary>
public sealed record ContactAddress(string Street = "", string Postcode = "", string Locality = "", string Region = "", string Country = "")
{
    public bool IsEmpty => (Street + Postcode + Locality + Region + Country).Length == 0;
}

/// <summary>A day, with its year where that is known; null for what is not.</summary>
public sealed record ContactDay(int? Year = null, int? Month = null, int? Day = null)
{
    public bool IsEmpty => Year is null && Month is null && Day is null;

    /// <summary>A year alone, or a day of a month that it has; of any year when there is none.</summary>
    public bool IsPossible =>
        IsEmpty || (Year is null or (>= 1 and <= 9999) && (Month is null ? Day is null && Year is not null : Month is >= 1 and <= 12 && (Day is null ? Year is not null : Day >= 1 && Day <= DateTime.DaysInMonth(Year ?? 2000, Month.Value))));
}

/// <summary>What a form shows and changes of a card; the rest of it stays as it is.</summary>
public sealed record ContactFields
{
    public static readonly IReadOnlyList<string> EmailKinds = ["", "private", "work"], PhoneKinds = ["", "mobile", "private", "work", "fax"];

    public const int MaxText = 200, MaxNote = 5_000;

    public string Given { get; init; } = "";
    public string Surname { get; init; } = "";
    public string Nickname { get; init; } = "";
    public string Organization { get; init; } = "";
    public string Title { get; init; } = "";
    public IReadOnlyList<ContactField> Emails { get; init; } = [];
    public IReadOnlyList<ContactField> Phones { get; init; } = [];
    public ContactAddress Address { get; init; } = new();
    public ContactDay Birthday { get; init; } = new();
    public string Note { get; init; } = "";

    /// <summary>Nothing by which it would be found again.</summary>
    public bool IsNameless => (Given + Surname + Nickname + Organization).Length == 0 && Emails.All(one => one.Value.Length == 0) && Phones.All(one => one.Value.Length == 0);
}
