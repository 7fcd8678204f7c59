using System.CommandLine;
using Orchestrator.Storage;
using Orchestrator.Storage.Copying;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc store copy</c>: a cluster's state from one kind of store to another, with its revisions.</summary>
internal static class StoreCopyCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "sqlite:FILE, or endpoints of an etcd cluster", Required = true };
        var to = new Option<string>("--to") { Description = "sqlite:FILE, or endpoints of an etcd cluster; must be empty", Required = true };
        var whileRunning = new Option<bool>("--while-running") { Description = "Copy although API servers use the source; what they write after the beginning is left out" };
        var (fromAccess, toAccess) = (new EtcdAccessOptionSet("--from"), new EtcdAccessOptionSet("--to"));
        var command = new Command("copy", "Copy all keys with their revisions, and the history that is kept, into an empty store") { from, to, whileRunning };
        fromAccess.AddTo(command);
        toAccess.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            EtcdAccessOptionSet.Apply(Parse(parsed.GetValue(from)!, "--from"), fromAccess.Read(parsed)),
            EtcdAccessOptionSet.Apply(Parse(parsed.GetValue(to)!, "--to"), toAccess.Read(parsed)),
            parsed.GetValue(whileRunning), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(StoreOptions from, StoreOptions to, bool whileRunning, TimeProvider time, CancellationToken cancellationToken)
    {
        if (from.Path is { } file && !File.Exists(file))
            throw new UserException($"--from: there is no {file}");
        if (from.Path is not null && to.Path is not null && Path.GetFullPath(from.Path) == Path.GetFullPath(to.Path))
            throw new UserException("--from and --to are the same file", ExitCode.Usage);
        await using var source = await StoreFactory.OpenAsync(from, time, null, cancellationToken);
        if (!whileRunning && from.Engine == StoreEngine.Etcd)
            await RefuseUsedAsync(source, cancellationToken);
        await using var destination = await StoreFactory.OpenAsync(to, time, null, cancellationToken);
        var began = time.GetTimestamp();
        try
        {
            var result = await new StoreCopy(source, destination, ShowProgress).RunAsync(cancellationToken);
            var kept = result.CompactedRevision == 0 ? "from the beginning" : $"from revision {result.CompactedRevision} on";
            Console.Out.WriteLine($"Copied {result.Keys} keys at revision {result.SourceRevision}, with history {kept}, in {time.GetElapsedTime(began).TotalSeconds:0.0} s.");
            Console.Out.WriteLine($"Both hold the same: sha256 {result.Sha256}. The copy is at revision {result.Revision}.");
            return ExitCode.Ok;
        }
        catch (StoreCopyException error)
        {
            throw new UserException(error.Message);
        }
    }

    private static StoreOptions Parse(string text, string option)
    {
        if (text is "sqlite" or "memory" or "")
            throw new UserException($"{option}: '{text}' is no store that lasts and can be found: use sqlite:FILE or etcd's endpoints", ExitCode.Usage);
        try
        {
            return StoreOptions.Parse(text, ".");
        }
        catch (FormatException error)
        {
            throw new UserException($"{option}: {error.Message}", ExitCode.Usage);
        }
    }

    /// <summary>A SQLite file is locked by who uses it; in etcd, API servers hold a key each.</summary>
    private static async Task RefuseUsedAsync(IKeyValueStore source, CancellationToken cancellationToken)
    {
        var alive = await source.RangeAsync(new RangeRequest { Prefix = StoreCopy.DroppedPrefix, KeysOnly = true }, cancellationToken);
        if (alive.Count == 0)
            return;
        var names = string.Join(", ", alive.Items.Select(item => item.Key[StoreCopy.DroppedPrefix.Length..]));
        throw new UserException($"API servers use the source ({names}): stop them and wait 15 s, or copy the state of this moment with --while-running");
    }

    private static void ShowProgress(StoreCopyProgress progress) =>
        Console.Error.Write($"\r  revision {progress.Done} of {progress.All}{(progress.Done == progress.All ? "\n" : "")}");
}
