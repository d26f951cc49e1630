using Facteur.Accounts;
using Facteur.Web.Text;

namespace Facteur.Web.Servers;

/// <summary>A mail program whose set-up is told step by step; its texts are "Guide.name.1" and on.</summary>
/// <param name="Title">As the program calls itself, the same in all languages.</param>
/// <param name="IsPhone">The page is wanted on another device: it shows a code to open it there.</param>
public sealed record ProgramGuide(string Name, string Title, bool IsPhone)
{
    public static readonly IReadOnlyList<ProgramGuide> All =
    [
        new("outlook", "Outlook", false), new("thunderbird", "Thunderbird", false), new("apple-mail", "Apple Mail", false),
        new("iphone", "iPhone, iPad", true), new("android", "Android", true), new("gmail", "Gmail", true),
    ];

    public static ProgramGuide? Find(string name) => All.FirstOrDefault(one => one.Name == name);

    /// <summary>The steps with what this account has to type.</summary>
    public IEnumerable<string> Steps(WebText text, ServerTable servers)
    {
        object?[] values =
        [
            servers.User, Host(MailProtocol.Imap), Port(MailProtocol.Imap), Host(MailProtocol.Submission), Port(MailProtocol.Submission),
            text[servers[MailProtocol.Imap].AppPasswordBy is null ? "Guide.MainPassword" : "Guide.AppPassword"],
        ];
        for (var number = 1; WebText.Has($"Guide.{Name}.{number}"); number++) yield return text.Format($"Guide.{Name}.{number}", values);

        string Host(MailProtocol protocol) => servers.Best(protocol)?.Host ?? "–";
        string Port(MailProtocol protocol) => servers.Best(protocol) is { } best ? text.Format("Guide.Port", best.Port, best.Encryption) : "–";
    }
}
