using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Copies the write-ahead log into the file and syncs it, on a thread of its own, while writes go on. What was written meanwhile is
/// left for the writer, who alone can see to it that the log holds nothing else and starts over: a few milliseconds of standing still
/// instead of some fifty or a hundred. <see cref="FileRoom"/> has taken the room the file needs.
/// </summary>
/// <remarks>
/// A log that started over while another connection copied it could lose writes before SQLite 3.51.3
/// (https://www.sqlite.org/wal.html, "The WAL-Reset Bug").
/// </remarks>
internal sealed class LogCopier : IDisposable
{
    /// <summary>A round ends early when a reader still needs what the file holds; another may find it gone.</summary>
    private const int MaxRounds = 3;

    private readonly object gate = new();
    private readonly Action copied;
    private readonly Thread thread;
    private SqliteConnection? connection;
    private Descriptor? file;
    private State state;
    private StoreException? failure;

    /// <param name="copied">Told when a copy has ended, well or not. On the copier's thread.</param>
    public LogCopier(string path, Action copied)
    {
        this.copied = copied;
        thread = new Thread(() => Run(path)) { IsBackground = true, Name = "store-copier" };
    }

    private enum State { Idle, Copying, Ended, Stopping }

    public bool IsIdle
    {
        get
        {
            lock (gate)
                return state == State.Idle;
        }
    }

    /// <summary>A copy has ended and was not yet taken notice of.</summary>
    public bool HasEnded
    {
        get
        {
            lock (gate)
                return state == State.Ended;
        }
    }

    /// <summary>Begins a copy, if none is under way.</summary>
    public void Begin()
    {
        lock (gate)
        {
            if (state != State.Idle)
                return;
            if (!thread.IsAlive)
                thread.Start();
            state = State.Copying;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits for a copy that is under way. Another can be begun then.</summary>
    /// <returns>Why it failed; null when it did not, or there was none.</returns>
    public StoreException? End()
    {
        lock (gate)
        {
            while (state == State.Copying)
                Monitor.Wait(gate);
            var result = failure;
            failure = null;
            if (state == State.Ended)
                state = State.Idle;
            return result;
        }
    }

    /// <summary>To be called before the writer's own connection is closed.</summary>
    public void Stop()
    {
        lock (gate)
        {
            state = State.Stopping;
            Monitor.PulseAll(gate);
        }
        if (thread.IsAlive)
            thread.Join();
        connection?.Dispose();
    }

    /// <summary>
    /// To be called when no connection is left: whoever closes any descriptor of a file gives up all locks its process has on it (fcntl(2)),
    /// SQLite's among them.
    /// </summary>
    public void Dispose() => file?.Dispose();

    private void Run(string path)
    {
        while (true)
        {
            lock (gate)
            {
                while (state is State.Idle or State.Ended)
                    Monitor.Wait(gate);
                if (state == State.Stopping)
                    return;
            }
            StoreException? fault = null;
            try
            {
                connection ??= Connect(path);
                file ??= FileCalls.Open(path, OpenFlags.ReadWrite);
                Copy();
            }
            catch (StoreException e)
            {
                fault = e;
            }
            catch (LinuxException e)
            {
                // The file could not be opened, say: for want of descriptors.
                fault = new StoreException(StoreError.Unavailable, $"checkpoint: {e.Message}", e);
            }
            lock (gate)
            {
                failure = fault;
                if (state == State.Copying)
                    state = State.Ended;
                Monitor.PulseAll(gate);
            }
            copied();
        }
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = SqliteConnection.Open(path, writes: true);
        // One that has read nothing yet does not know of the log, and a checkpoint would do nothing, successfully.
        connection.QueryInteger("PRAGMA user_version");
        return connection;
    }

    private void Copy()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var isAll = connection!.Checkpoint();
            // SQLite syncs the file only when it has copied everything, and then has the writer wait for it.
            SyncFile();
            if (isAll)
                return;
        }
    }

    private void SyncFile()
    {
        try
        {
            FileCalls.Sync(file!);
        }
        catch (LinuxException e)
        {
            throw new StoreException(StoreError.Unavailable, $"checkpoint: {e.Message}", e) { IsDiskFault = true };
        }
    }
}
