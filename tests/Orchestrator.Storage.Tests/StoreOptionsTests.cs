using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests;

[TestFixture]
internal sealed class StoreOptionsTests
{
    [TestCase("sqlite", "/data/store.db")]
    [TestCase("", "/data/store.db")]
    [TestCase("sqlite:/elsewhere/x.db", "/elsewhere/x.db")]
    [TestCase("sqlite:relative.db", "relative.db")]
    public void Parse_Sqlite_NamesTheFile(string value, string path)
    {
        var options = StoreOptions.Parse(value, "/data");

        Assert.That((options.Engine, options.Path), Is.EqualTo((StoreEngine.Sqlite, path)));
    }

    [Test]
    public void Parse_Memory_IsMemory() => Assert.That(StoreOptions.Parse("memory", "/data").Engine, Is.EqualTo(StoreEngine.Memory));

    [Test]
    public void Parse_Addresses_AreAnEtcdCluster()
    {
        var options = StoreOptions.Parse("https://a:2379, https://b:2379", "/data");

        Assert.That(options.Engine, Is.EqualTo(StoreEngine.Etcd));
        Assert.That(options.Endpoints, Is.EqualTo([new Uri("https://a:2379"), new Uri("https://b:2379")]));
    }

    [TestCase("postgres://x")]
    [TestCase("sqlite:")]
    [TestCase("http://")]
    [TestCase("https://a:2379,")]
    [TestCase("https://a:2379/v3")]
    [TestCase("https://user:secret@a:2379")]
    [TestCase("https://a:2379,ftp://b")]
    public void Parse_AnythingElse_IsRefusedWithASentence(string value) =>
        Assert.That(Assert.Throws<FormatException>(() => StoreOptions.Parse(value, "/data"))!.Message, Has.Length.GreaterThan(20));

    [Test]
    public async Task OpenAsync_ParsedOptions_OpenTheirEngine()
    {
        using var directory = new TemporaryDirectory();

        await using var memory = await StoreFactory.OpenAsync(StoreOptions.Parse("memory", directory.Path));
        await using var sqlite = await StoreFactory.OpenAsync(StoreOptions.Parse("sqlite", directory.File("new")));

        Assert.That((memory, sqlite), Is.EqualTo((memory as MemoryStore, sqlite as SqliteStore)));
        Assert.That(File.Exists(Path.Combine(directory.File("new"), StoreOptions.DefaultFileName)), Is.True);
    }
}
