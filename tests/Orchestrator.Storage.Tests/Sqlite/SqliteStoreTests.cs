using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>The contract on a file. Compaction goes in tiny steps, so that tests meet it half-way.</summary>
[TestFixture]
internal sealed class SqliteStoreTests : KeyValueStoreContract
{
    private TemporaryDirectory directory = null!;
    private ManualTimeProvider time = new();

    [OneTimeSetUp]
    public void CreateDirectory() => directory = new TemporaryDirectory();

    [OneTimeTearDown]
    public void RemoveDirectory() => directory.Dispose();

    protected override Task<IKeyValueStore> OpenAsync(WatchOptions watch)
    {
        time = new ManualTimeProvider();
        return Task.FromResult<IKeyValueStore>(Open(watch));
    }

    protected override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }

    protected override async Task<bool> TryReopenAsync()
    {
        await Store.DisposeAsync();
        ReplaceStore(Open(new WatchOptions()));
        return true;
    }

    private SqliteStore Open(WatchOptions watch) => SqliteStore.Open(
        new SqliteStoreOptions { Path = directory.File($"{Prefix.Replace('/', '_')}.db"), CompactionBatchRows = 3, MaxGroupRequests = 7, Watch = watch }, time);
}
