global using Facteur.IntegrationTests.Support;
global using Xunit;

[assembly: AssemblyFixture(typeof(Facteur.IntegrationTests.SharedServer))]
