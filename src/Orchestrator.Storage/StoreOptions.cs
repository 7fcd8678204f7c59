namespace Orchestrator.Storage;

/// <summary>Which engine a store runs on.</summary>
public enum StoreEngine
{
    /// <summary>One SQLite file; the default.</summary>
    Sqlite,

    /// <summary>In this process's memory, for tests: gone when it ends.</summary>
    Memory,

    /// <summary>An etcd v3 cluster.</summary>
    Etcd,
}

/// <summary>A store as a user names it with <c>--store</c>.</summary>
public sealed record StoreOptions
{
    /// <summary>The file in the data directory that plain <c>sqlite</c> stands for.</summary>
    public const string DefaultFileName = "store.db";

    public StoreEngine Engine { get; init; } = StoreEngine.Sqlite;

    /// <summary>The SQLite file.</summary>
    public string? Path { get; init; }

    /// <summary>The revision at which a new SQLite file begins.</summary>
    public long FirstRevision { get; init; } = 1;

    /// <summary>The members of the etcd cluster.</summary>
    public IReadOnlyList<Uri> Endpoints { get; init; } = [];

    /// <summary>PEM file with the authorities of etcd's certificates; null means the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with the client certificate shown to etcd.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with that certificate's key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>User of an etcd cluster with authentication; with <see cref="Password"/>.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>
    /// Reads <c>sqlite</c> (a file in the data directory), <c>sqlite:PATH</c>, <c>memory</c>, or the addresses of an etcd
    /// cluster: <c>https://host:2379,https://other:2379</c>. Certificates are set apart from the value.
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
        if (value.StartsWith("http://", StringComparison.Ordinal) || value.StartsWith("https://", StringComparison.Ordinal))
            return new StoreOptions { Engine = StoreEngine.Etcd, Endpoints = value.Split(',').Select(ParseEndpoint).ToArray() };
        throw new FormatException($"unknown store '{value}': use sqlite, sqlite:PATH, memory, or etcd's addresses (https://host:2379,...)");
    }

    private static StoreOptions ParseSqlite(string path)
    {
        if (path.Length == 0)
            throw new FormatException("sqlite: needs a file, as in sqlite:/var/lib/orchestrator/store.db");
        return new StoreOptions { Path = path };
    }

    private static Uri ParseEndpoint(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new FormatException($"'{text}' is not an address of etcd: use http://host:port or https://host:port");
        if (address.PathAndQuery != "/" || address.UserInfo.Length > 0)
            throw new FormatException($"'{text}': an etcd address has a host and a port only");
        return address;
    }
}
