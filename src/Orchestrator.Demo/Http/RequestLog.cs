using System.Globalization;

namespace Orchestrator.Demo.Http;

/// <summary>One line per request. Writers may be concurrent.</summary>
internal sealed class RequestLog(TextWriter output, TimeProvider time)
{
    private readonly Lock gate = new();

    public void Write(string peer, string request, int status, TimeSpan duration)
    {
        var at = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (gate)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at} {peer} \"{request}\" {status} {duration.TotalMilliseconds:0.0}ms"));
    }
}
