using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Tests.Memory;

[TestFixture]
internal sealed class MemoryStoreTests : KeyValueStoreContract
{
    private ManualTimeProvider time = new();

    protected override Task<IKeyValueStore> OpenAsync(WatchOptions watch)
    {
        time = new ManualTimeProvider();
        return Task.FromResult<IKeyValueStore>(new MemoryStore(time, watch));
    }

    protected override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }
}
