namespace Orchestrator.Client;

/// <summary>The bearer token to send now: a constant, or the content of a file that others renew.</summary>
internal sealed class BearerToken(ApiClientOptions options, TimeProvider time)
{
    private sealed record Reading(string Token, long ReadAt);

    private volatile Reading? last;

    /// <returns>Null when requests carry no token.</returns>
    /// <exception cref="IOException">The token file cannot be read and never could.</exception>
    public string? Current()
    {
        if (options.BearerTokenFile is not { } path)
            return options.BearerToken;
        if (last is { } reading && time.GetElapsedTime(reading.ReadAt) < options.TokenFileMaxAge)
            return reading.Token;
        return Read(path).Token;
    }

    private Reading Read(string path)
    {
        try
        {
            return last = new Reading(File.ReadAllText(path).Trim(), time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && last is { } previous)
        {
            // The file is being replaced; the token read before is valid for a while.
            return previous;
        }
    }
}
