using System.CommandLine;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc store check</c>: whether a SQLite store is sound; while the cluster runs.</summary>
internal static class StoreCheckCommand
{
    public static Command Create()
    {
        var source = new LabStoreOptions();
        var command = new Command("check", "Check the file of a SQLite store for damage, also while the lab runs");
        source.AddTo(command);
        command.SetAction(parsed =>
        {
            var store = source.Read(parsed);
            if (store.File is not { } file)
                throw new UserException("etcd checks its data itself, at every start and among its members: 'orc store check' is for SQLite");
            RefuseDamaged(file);
            Console.Out.WriteLine($"{file} is sound.");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="UserException">It is not there, or damaged.</exception>
    public static void RefuseDamaged(string file)
    {
        if (!File.Exists(file))
            throw new UserException($"there is no {file}");
        if (SqliteFile.FindDamage(file) is { Count: > 0 } damage)
            throw new UserException($"{file} is damaged: {string.Join("; ", damage.Take(3))}. Stop the servers, move it away, and restore a backup with 'orc restore'");
    }
}
