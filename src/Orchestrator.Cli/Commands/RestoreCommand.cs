using System.CommandLine;
using Orchestrator.Cli.Lab;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;
using Orchestrator.Storage.Copying;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc restore</c>: makes a cluster's store hold what a backup holds.</summary>
internal static class RestoreCommand
{
    private static readonly TimeSpan EtcdStartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var target = new LabStoreOptions();
        var file = new Argument<string>("file") { Description = "The backup" };
        var replace = new Option<bool>("--replace") { Description = "Restore although the store is not empty: what is not in the backup is deleted" };
        var lower = new Option<bool>("--lower-revisions") { Description = "Restore although the store's revisions are behind the backup's; no client of the former cluster may be left" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check the backup and say what would change" };
        var command = new Command("restore", "Restore a lab's store from a backup; the lab must be down") { file, replace, lower, dryRun };
        target.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            target.Read(parsed), Path.GetFullPath(parsed.GetValue(file)!),
            new Permissions(parsed.GetValue(replace), parsed.GetValue(lower), parsed.GetValue(dryRun)), TimeProvider.System, cancellationToken));
        return command;
    }

    internal sealed record Permissions(bool Replace, bool LowerRevisions, bool DryRun);

    private static async Task<int> RunAsync(NamedStore target, string path, Permissions permissions, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new UserException($"there is no {path}");
        var header = BackupFile.Read(path, (_, _) => { });
        if (permissions.DryRun && target.File is { } missing && !File.Exists(missing))
            throw new UserException($"{path} is sound; there is no {missing} to compare it with, so all of it would be restored");
        var options = target.Options with { FirstRevision = StoreRestore.FirstRevisionAfter(header, time.GetUtcNow()) };
        // A look at what would change does no harm to a running lab, unless its etcd is the lab's own, which is started and stopped here.
        if (!permissions.DryRun || target.Lab?.Etcd is not null)
            RefuseRunning(target);
        await using var etcd = await StartEtcdAsync(target, time, cancellationToken);
        await using var store = await OpenAsync(target, options, time, cancellationToken);
        if (!permissions.DryRun)
            await RefuseAsync(target, store, header, permissions, cancellationToken);
        var plan = await StoreRestore.RunAsync(store, path, apply: !permissions.DryRun, cancellationToken);
        Console.Out.WriteLine(
            $"{(permissions.DryRun ? "Would restore" : "Restored")} {target.Name} to {header.Created:yyyy-MM-dd HH:mm:ss}Z (revision {header.Revision}): "
            + $"{plan.Created} objects created, {plan.Replaced} replaced, {plan.Deleted} deleted, {plan.Unchanged} as they were.");
        return ExitCode.Ok;
    }

    private static async Task<IKeyValueStore> OpenAsync(NamedStore target, StoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await StoreFactory.OpenAsync(options, time, null, cancellationToken);
        }
        catch (StoreException error) when (error.Error == StoreError.Unavailable && target.File is not null)
        {
            throw new UserException($"{error.Message}: stop it first{(target.Lab is { } lab ? $" with 'orc down --name {lab.Name}'" : "")}");
        }
    }

    /// <summary>A lab's own etcd ends with the lab, and is needed for the moment.</summary>
    private static async Task<IAsyncDisposable?> StartEtcdAsync(NamedStore target, TimeProvider time, CancellationToken cancellationToken)
    {
        if (target is not { Paths: { } paths, Lab: { Etcd: { } members } lab })
            return null;
        var components = new LabComponents(paths, lab);
        foreach (var directory in (string[])[paths.Logs, paths.Run])
            Directory.CreateDirectory(directory);
        List<Processes.ComponentProcess> started = [.. members.Select(components.Etcd).Where(member => !member.IsRunning)];
        await new LabEtcd(paths, members, time).StartAsync(EtcdStartLimit, _ => { }, cancellationToken);
        return new RunningEtcd(started, time);
    }

    /// <summary>Controllers that run would take the restored objects for their own work, and half of the former for the rest.</summary>
    internal static void RefuseRunning(NamedStore target)
    {
        if (target is not { Paths: { } paths, Lab: { } lab })
            return;
        var components = new LabComponents(paths, lab);
        if (lab.Servers.Any(server => components.ControlPlane(server).IsRunning))
            throw new UserException($"{target.Name} is running: stop it first with 'orc down --name {lab.Name}'");
    }

    internal static async Task RefuseAsync(
        NamedStore target, IKeyValueStore store, BackupHeader header, Permissions permissions, CancellationToken cancellationToken)
    {
        var servers = await store.RangeAsync(new RangeRequest { Prefix = StoreCopy.DroppedPrefix, KeysOnly = true }, cancellationToken);
        // Any machine may use an etcd that is not the lab's own. In one that is, the signs of life are those of before it was stopped.
        if (servers.Count > 0 && target.File is null && target.Lab?.Etcd is null)
            throw new UserException("API servers use the store: stop them and wait 15 s");
        var objects = await store.RangeAsync(new RangeRequest { Prefix = "/registry/", CountOnly = true }, cancellationToken);
        var interrupted = (await store.GetAsync(StoreRestore.MarkerKey, 0, cancellationToken)).KeyValue is not null;
        if (objects.Count > servers.Count && !permissions.Replace && !interrupted)
            throw new UserException($"the store of {target.Name} holds {objects.Count} objects: see with --dry-run what would change, then restore with --replace");
        if (objects.Revision < header.Revision && !permissions.LowerRevisions)
        {
            var better = target.File is { } file ? $"move {file} away, and a new one is made that begins behind the backup" : "restore a snapshot of etcd's own, with --bump-revision";
            throw new UserException(
                $"the store of {target.Name} is at revision {objects.Revision}, behind the backup's {header.Revision}, so clients of the former cluster could take old for new: "
                + $"{better}; or, when none are left, restore with --lower-revisions");
        }
    }

    private sealed class RunningEtcd(IReadOnlyList<Processes.ComponentProcess> members, TimeProvider time) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var member in members)
                await member.StopAsync(Grace, time, CancellationToken.None);
        }
    }
}
