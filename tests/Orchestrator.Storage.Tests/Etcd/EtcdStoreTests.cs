using Orchestrator.Storage.Etcd;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>The contract against a real etcd. Its time is real, so leases take seconds.</summary>
[TestFixture]
[Category("Etcd")]
internal sealed class EtcdStoreTests : KeyValueStoreContract
{
    private EtcdServer server = null!;

    [OneTimeSetUp]
    public void StartServer() => server = EtcdServer.Start();

    [OneTimeTearDown]
    public void StopServer() => server?.Dispose();

    protected override async Task<IKeyValueStore> OpenAsync(WatchOptions watch) =>
        await server.ConnectAsync(new EtcdStoreOptions { Endpoints = [], Watch = watch });

    protected override Task AdvanceAsync(TimeSpan span) => Task.Delay(span);

    protected override async Task<bool> TryReopenAsync()
    {
        await Store.DisposeAsync();
        server.Kill();
        server.Run();
        ReplaceStore(await server.ConnectAsync());
        return true;
    }
}
