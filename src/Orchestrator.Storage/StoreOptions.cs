namespace Orchestrator.Storage;

/// <summary>Which engine a store runs on.</summary>
public enum StoreEngine
{
    /// <summary>One SQLite file; the default.</summary>
    Sqlite,

    /// <summary>In this process's memory, for tests: gone when it ends.</summary>
    Memory,
}

/// <summary>A store as a user names it with <c>--store</c>.</summary>
public sealed record StoreOptions
{
    /// <summary>The file in the data directory that plain <c>sqlite</c> stands for.</summary>
    public const string DefaultFileName = "store.db";

    public StoreEngine Engine { get; init; } = StoreEngine.Sqlite;

    /// <summary>The SQLite file.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// Reads <c>sqlite</c> (a file in the data directory), <c>sqlite:PATH</c> or <c>memory</c>.
    /// </summary>
    /// <exception cref="FormatException">With a sentence fit for the user.</exception>
    public static StoreOptions Parse(string value, string dataDirectory)
    {
        if (value is "" or "sqlite")
            return new StoreOptions { Path = System.IO.Path.Combine(dataDirectory, DefaultFileName) };
        if (value == "memory")
            return new StoreOptions { Engine = StoreEngine.Memory };
        if (value.StartsWith("sqlite:", StringComparison.Ordinal))
            return ParseSqlite(value["sqlite:".Length..]);
        throw new FormatException($"unknown store '{value}': use sqlite, sqlite:PATH or memory");
    }

    private static StoreOptions ParseSqlite(string path)
    {
        if (path.Length == 0)
            throw new FormatException("sqlite: needs a file, as in sqlite:/var/lib/orchestrator/store.db");
        return new StoreOptions { Path = path };
    }
}
