using Orchestrator.Storage.Memory;

namespace Orchestrator.Storage.Tests.Memory;

[TestFixture]
internal sealed class MemoryStoreTests : KeyValueStoreContract
{
    private ManualTimeProvider time = new();

    protected override Task<IKeyValueStore> OpenAsync()
    {
        time = new ManualTimeProvider();
        return Task.FromResult<IKeyValueStore>(new MemoryStore(time));
    }

    protected override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }
}
