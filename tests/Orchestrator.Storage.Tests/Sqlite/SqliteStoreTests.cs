using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

[TestFixture]
internal sealed class SqliteStoreTests : KeyValueStoreContract
{
    private TemporaryDirectory directory = null!;
    private ManualTimeProvider time = new();

    [OneTimeSetUp]
    public void CreateDirectory() => directory = new TemporaryDirectory();

    [OneTimeTearDown]
    public void RemoveDirectory() => directory.Dispose();

    protected override Task<IKeyValueStore> OpenAsync()
    {
        time = new ManualTimeProvider();
        return Task.FromResult<IKeyValueStore>(Open());
    }

    protected override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }

    protected override async Task<bool> TryReopenAsync()
    {
        await Store.DisposeAsync();
        ReplaceStore(Open());
        return true;
    }

    private SqliteStore Open() =>
        SqliteStore.Open(new SqliteStoreOptions { Path = directory.File($"{Prefix.Trim('/')}.db"), CompactionBatchRows = 3 }, time);
}
