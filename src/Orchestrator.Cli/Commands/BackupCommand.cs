using System.CommandLine;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc backup</c>: one moment of a cluster's store in a file; while the cluster runs.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var source = new LabStoreOptions();
        var file = new Argument<string>("file") { Description = "Where to write the backup" };
        var force = new Option<bool>("--force") { Description = "Replace the file if it is there" };
        var command = new Command("backup", "Write a consistent backup of a lab's store, also while the lab runs") { file, force };
        source.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(source.Read(parsed), Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(force), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(NamedStore source, string path, bool force, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!force && File.Exists(path))
            throw new UserException($"{path} is there already: name another file, or replace it with --force");
        if (source.File is { } file)
            StoreCheckCommand.RefuseDamaged(file);
        await using var reader = await StoreFactory.OpenReaderAsync(source.Options, time, cancellationToken);
        var (header, keys) = await BackupFile.WriteAsync(reader, path, time, cancellationToken);
        Console.Out.WriteLine($"Backed up {keys} objects of {source.Name} at revision {header.Revision} to {path} ({new FileInfo(path).Length / 1024} KiB).");
        if (source.Paths is { } paths)
            Console.Out.WriteLine($"Secrets in it are encrypted; their keys, and the cluster's certificates, are in {paths.Pki}: keep a copy of that, too.");
        return ExitCode.Ok;
    }
}
