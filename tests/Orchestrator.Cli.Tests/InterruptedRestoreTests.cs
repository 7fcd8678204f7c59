using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Cli.Components;
using Orchestrator.Cli.Processes;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;

namespace Orchestrator.Cli.Tests;

/// <summary>Half of a backup over half of what was there before is nobody's cluster.</summary>
internal sealed class InterruptedRestoreTests
{
    [Test]
    public async Task Start_OnARestoreThatWasInterrupted_IsRefused()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var options = new StoreOptions { Path = Path.Combine(directory.FullName, "store.db") };
            await using (var store = await StoreFactory.OpenAsync(options))
                await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(StoreRestore.MarkerKey, ReadOnlyMemory<byte>.Empty)]), default);
            var settings = new ApiServerSettings
            {
                Store = options, DataDirectory = directory.FullName, PkiDirectory = directory.FullName, Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
                ServiceCidr = IPNetwork.Parse("10.96.0.0/16"),
            };
            var context = new ComponentContext(NullLoggerFactory.Instance, new ReadyNotifier("apiserver"), TimeProvider.System);

            // Certificates are not even looked at.
            var refusal = Assert.ThrowsAsync<UserException>(() => ApiServerComponent.StartAsync(settings, null!, context, default));

            Assert.That(refusal!.Message, Does.Contain("orc restore"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
