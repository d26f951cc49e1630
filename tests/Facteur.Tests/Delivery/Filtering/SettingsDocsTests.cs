using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Filtering.Connections;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>The settings that docs/operate/filtering.md shows are settings, and all of them are shown.</summary>
public sealed class SettingsDocsTests
{
    private static readonly JsonSerializerOptions Strict = new(FilterJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public void The_documents_of_the_page_are_read_in_full()
    {
        var site = JsonSerializer.Deserialize<FilterSettings>(Block("filters"), Strict)!;
        Assert.Equal(["bl.example.org", "wl.example.org", "dbl.example.org"], site.Lists.Select(list => list.Zone));
        Assert.Equal(DnsListKind.Domain, site.Lists[2].Kind);
        Assert.True(site.TrustedNetworks.Contains(System.Net.IPAddress.Parse("192.0.2.9")));
        Assert.Equal(TimeSpan.FromMinutes(5), site.Greylist.Delay);
        Assert.Equal("unix:/run/clamav/clamd.ctl", site.Clamd!.Address);
        Assert.Equal(12, JsonSerializer.Deserialize<FilterPreferences>(Block("filter"), Strict)!.RejectAt);
    }

    [Fact]
    public void No_setting_is_left_out()
    {
        Assert.Equal(Names(typeof(FilterSettings)), Shown("filters"));
        Assert.Equal(Names(typeof(FilterPreferences)), Shown("filter"));
    }

    [Fact]
    public void The_rates_and_points_shown_are_the_defaults()
    {
        var site = JsonSerializer.Deserialize<FilterSettings>(Block("filters"), Strict)!;
        Assert.Equal(new FilterSettings().Rates, site.Rates);
        Assert.Equal(new FilterSettings().Bayes, site.Bayes);
        Assert.Equal(new FilterSettings().Greylist with { Enabled = true }, site.Greylist);
    }

    private static List<string> Names(Type type) =>
        [.. type.GetProperties().Where(property => property.SetMethod is not null && property.GetMethod!.IsPublic && !property.GetMethod.IsStatic)
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(StringComparer.Ordinal)];

    private static List<string> Shown(string name)
    {
        using var document = JsonDocument.Parse(Block(name));
        return [.. document.RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];
    }

    private static string Block(string name)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        var page = File.ReadAllText(Path.Combine(at.FullName, "docs", "operate", "filtering.md"));
        var start = page.IndexOf($"```json {name}\n", StringComparison.Ordinal) + $"```json {name}\n".Length;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
