global using Facteur.IntegrationTests.Support;
global using Xunit;

[assembly: AssemblyFixture(typeof(Facteur.IntegrationTests.SharedServer))]
[assembly: AssemblyFixture(typeof(Facteur.IntegrationTests.Browser.BrowserWorld))]
[assembly: AssemblyFixture(typeof(Facteur.IntegrationTests.Browser.Hostile.WatchedWorld))]
[assembly: AssemblyFixture(typeof(Facteur.IntegrationTests.Browser.Elsewhere.ConnectedWorld))]
