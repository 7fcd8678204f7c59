using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage;

/// <summary>Opens the store that options name.</summary>
public static class StoreFactory
{
    /// <exception cref="StoreException">The store cannot be opened: read-only, no space, damaged, in use, not reachable.</exception>
    public static ValueTask<IKeyValueStore> OpenAsync(
        StoreOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        loggers ??= NullLoggerFactory.Instance;
        IKeyValueStore store = options.Engine switch
        {
            StoreEngine.Sqlite => SqliteStore.Open(
                new SqliteStoreOptions { Path = options.Path ?? throw new ArgumentException("a SQLite store needs a path", nameof(options)) },
                time, loggers.CreateLogger<SqliteStore>()),
            StoreEngine.Memory => new MemoryStore(time),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Engine, "unknown engine"),
        };
        return ValueTask.FromResult(store);
    }
}
