using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Etcd;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage;

/// <summary>Opens the store that options name.</summary>
public static class StoreFactory
{
    /// <exception cref="StoreException">The store cannot be opened: read-only, no space, damaged, in use, not reachable.</exception>
    public static async ValueTask<IKeyValueStore> OpenAsync(
        StoreOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        loggers ??= NullLoggerFactory.Instance;
        return options.Engine switch
        {
            StoreEngine.Sqlite => SqliteStore.Open(Sqlite(options), time, loggers.CreateLogger<SqliteStore>()),
            StoreEngine.Memory => new MemoryStore(time),
            StoreEngine.Etcd => await EtcdStore.ConnectAsync(Etcd(options), time, loggers.CreateLogger<EtcdStore>(), cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Engine, "unknown engine"),
        };
    }

    /// <summary>Opens a store to read it only; a SQLite file also while a server has it open.</summary>
    /// <exception cref="StoreException">The store cannot be read: not there, damaged, not reachable.</exception>
    public static async ValueTask<IStoreReader> OpenReaderAsync(StoreOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        options.Engine == StoreEngine.Sqlite ? new SqliteFileReader(Sqlite(options).Path) : await OpenAsync(options, time, null, cancellationToken);

    private static SqliteStoreOptions Sqlite(StoreOptions options) =>
        new() { FirstRevision = options.FirstRevision, Path = options.Path ?? throw new ArgumentException("a SQLite store needs a path", nameof(options)) };

    private static EtcdStoreOptions Etcd(StoreOptions options) => new()
    {
        Endpoints = options.Endpoints,
        CaFile = options.CaFile,
        CertificateFile = options.CertificateFile,
        KeyFile = options.KeyFile,
        UserName = options.UserName,
        Password = options.Password,
    };
}
