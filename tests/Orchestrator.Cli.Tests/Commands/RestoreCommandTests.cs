using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Lab;
using Orchestrator.Cli.Processes;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Cli.Tests.Commands;

internal sealed class RestoreCommandTests
{
    private static readonly BackupHeader Header = new(DateTimeOffset.UnixEpoch, 1);

    private string directory = "";

    [SetUp]
    public void MakeDirectory() => directory = Directory.CreateTempSubdirectory("orc-restore-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Refuse_ServersLiveInALabsForeignEtcd_SaysSo()
    {
        await using var store = await StoreWithServerAsync();

        Assert.That(() => RefuseAsync(Target(own: false), store), Throws.TypeOf<UserException>().With.Message.Contains("API servers use the store"));
        Assert.That(() => RefuseAsync(Target(own: false) with { Lab = null, Paths = null }, store), Throws.TypeOf<UserException>().With.Message.Contains("API servers use the store"));
    }

    [Test]
    public async Task Refuse_SignsOfLifeInALabsOwnEtcd_AreOfBefore()
    {
        await using var store = await StoreWithServerAsync();

        Assert.That(() => RefuseAsync(Target(own: true), store), Throws.Nothing);
    }

    [Test]
    public void Refuse_LabRuns_NamesTheCommandThatStopsIt()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("pid files lie where only root may write");
        var target = Target(own: false);
        var pidFile = target.Paths!.PidFile(LabComponents.ControlPlaneName);
        ComponentProcess.WritePidFile(pidFile, Environment.ProcessId);
        try
        {
            Assert.That(() => RestoreCommand.RefuseRunning(target), Throws.TypeOf<UserException>().With.Message.Contains($"orc down --name {target.Lab!.Name}"));
        }
        finally
        {
            Directory.Delete(target.Paths.Run, recursive: true);
        }

        Assert.That(() => RestoreCommand.RefuseRunning(target), Throws.Nothing);
    }

    private static Task RefuseAsync(NamedStore target, IKeyValueStore store) =>
        RestoreCommand.RefuseAsync(target, store, Header, new RestoreCommand.Permissions(Replace: true, LowerRevisions: false, DryRun: false), default);

    private static async Task<MemoryStore> StoreWithServerAsync()
    {
        var store = new MemoryStore();
        var lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(15), default);
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/registry/masterleases/172.30.0.1", "{}"u8.ToArray(), lease)]), default);
        return store;
    }

    private NamedStore Target(bool own)
    {
        var lab = new LabDefinition
        {
            Name = $"restore-{Environment.ProcessId}", Store = own ? "etcd" : "https://10.0.0.9:2379", Etcd = own ? [new LabEtcdMember("etcd", 2379, 2380)] : null,
            NodeCidr = "172.30.0.0/24", PodCidr = "10.244.0.0/16", ServiceCidr = "10.96.0.0/16", HostAddress = "172.30.0.1", ApiServerPort = 6443, DnsAddress = "10.96.0.10",
            Nodes = [], Kubeconfig = "",
        };
        return new NamedStore(StoreOptions.Parse("https://10.0.0.9:2379", directory), new LabPaths(directory, lab.Name), lab);
    }
}
