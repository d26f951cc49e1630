using Facteur.Web.Testing;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>The button « Tester »: what a mail program would meet on each port, step by step.</summary>
public sealed class ServerTestModel : SignedInPage
{
    public override string Title => T["Test.Title"];

    public IReadOnlyList<TestSection> Sections { get; private set; } = [];

    public IActionResult OnGet() => GoTo(ForwardingModel.Here + "#test");

    public async Task<IActionResult> OnPostAsync()
    {
        if (Field("password") is not { Length: > 0 and <= 512 } password) return Refuse(T["Test.NoPassword"]);
        if (!Services.Tests.Allow(Account.Id)) return Refuse(T["Test.TooMany"], Microsoft.AspNetCore.Http.StatusCodes.Status429TooManyRequests);
        Sections = await new ServerTest(Services, Account, Web.Client).RunAsync(password, Cancel);
        return Page();
    }

    /// <summary>What was found, or what is wrong.</summary>
    public string Say(TestWords words) => TestText.Of(words, T);

    /// <summary>What to do about it.</summary>
    public string Repair(TestWords cause) => TestText.Of(cause with { Key = cause.Key + ".Repair" }, T);
}
