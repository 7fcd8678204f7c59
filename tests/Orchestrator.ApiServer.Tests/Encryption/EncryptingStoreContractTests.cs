using Orchestrator.ApiServer.Encryption;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Tests;
using Orchestrator.Storage.Watching;

namespace Orchestrator.ApiServer.Tests.Encryption;

/// <summary>With encryption before it a store promises what it promised without. All keys of these tests are of secrets.</summary>
[TestFixture]
internal sealed class EncryptingStoreContractTests : KeyValueStoreContract
{
    private ManualTimeProvider time = new();
    private string directory = "";

    protected override string Root => "/registry/secrets/";

    /// <summary>Name and id of the key, nonce and tag.</summary>
    protected override int BytesAddedToAValue => 52;

    [OneTimeSetUp]
    public void MakeKeys()
    {
        directory = Directory.CreateTempSubdirectory("orchestrator-contract-").FullName;
        KeyFile.Ensure(KeyPath, TimeProvider.System);
    }

    [OneTimeTearDown]
    public void RemoveKeys() => Directory.Delete(directory, recursive: true);

    protected override async Task<IKeyValueStore> OpenAsync(WatchOptions watch)
    {
        time = new ManualTimeProvider();
        return await EncryptingStore.OpenAsync(new MemoryStore(time, watch), KeyPath, default);
    }

    protected override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }

    private string KeyPath => Path.Combine(directory, KeyFile.FileName);
}
