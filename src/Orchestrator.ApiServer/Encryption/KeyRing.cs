using System.Security.Cryptography;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>
/// The keys of a file, ready for use. A changed file is noticed: at the next write, which takes the newest key, and when a value
/// names a key that is not known yet, because another server has rotated. Thread-safe.
/// </summary>
internal sealed class KeyRing
{
    private readonly string path;
    private volatile State state;

    private sealed record State(DateTime FileTime, string NewestId, IReadOnlyDictionary<string, byte[]> Secrets);

    /// <exception cref="InvalidDataException">The file holds no keys, or others may read it.</exception>
    public KeyRing(string path)
    {
        this.path = path;
        state = Load();
    }

    public string Path => path;

    /// <summary>The key new writes use.</summary>
    public (string Id, byte[] Secret) Newest()
    {
        if (File.GetLastWriteTimeUtc(path) != state.FileTime)
            state = Load();
        var current = state;
        return (current.NewestId, current.Secrets[current.NewestId]);
    }

    public byte[]? Find(string id)
    {
        if (state.Secrets.TryGetValue(id, out var secret))
            return secret;
        if (File.GetLastWriteTimeUtc(path) != state.FileTime)
            state = Load();
        return state.Secrets.GetValueOrDefault(id);
    }

    private State Load()
    {
        var time = File.GetLastWriteTimeUtc(path);
        var keys = KeyFile.Load(path).Keys;
        return new State(time, keys[^1].Id, keys.ToDictionary(key => key.Id, key => Convert.FromBase64String(key.Secret)));
    }
}
