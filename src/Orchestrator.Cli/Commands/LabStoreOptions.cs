using System.CommandLine;
using Orchestrator.Cli.Lab;
using Orchestrator.Storage;

namespace Orchestrator.Cli.Commands;

/// <summary>The options of commands that work on the store of a lab, or on one named with <c>--store</c>.</summary>
internal sealed class LabStoreOptions
{
    private readonly LabOptions lab = new();
    private readonly Option<string?> store = new("--store") { Description = "Another store than the lab's: sqlite:FILE, or endpoints of an etcd cluster" };
    private readonly EtcdAccessOptionSet access = new();

    public void AddTo(Command command)
    {
        command.Options.Add(store);
        lab.AddTo(command);
        access.AddTo(command);
    }

    /// <exception cref="UserException">There is no such lab, or its store cannot be found.</exception>
    public NamedStore Read(ParseResult parsed)
    {
        if (parsed.GetValue(store) is { } text)
            return new NamedStore(EtcdAccessOptionSet.Apply(Parse(text), access.Read(parsed)), null, null);
        var (paths, definition) = lab.Load(parsed);
        var options = StoreOptions.Parse(definition.StoreAddress, paths.Store);
        var given = definition.Etcd is null ? definition.StoreAccess : new LabEtcdPki(paths).Access;
        return new NamedStore(EtcdAccessOptionSet.Apply(options, given), paths, definition);
    }

    private static StoreOptions Parse(string text)
    {
        if (text is "sqlite" or "memory" or "")
            throw new UserException($"--store: '{text}' is no store that lasts and can be found: use sqlite:FILE or etcd's endpoints", ExitCode.Usage);
        return StoreOptions.Parse(text, ".");
    }
}

/// <summary>A store, and the lab it belongs to, if it is a lab's.</summary>
internal sealed record NamedStore(StoreOptions Options, LabPaths? Paths, LabDefinition? Lab)
{
    /// <summary>For messages.</summary>
    public string Name => Lab is not null ? $"lab '{Lab.Name}'" : Options.Path ?? string.Join(",", Options.Endpoints);

    /// <summary>The SQLite file; null for etcd.</summary>
    public string? File => Options.Engine == StoreEngine.Sqlite ? Options.Path : null;
}
