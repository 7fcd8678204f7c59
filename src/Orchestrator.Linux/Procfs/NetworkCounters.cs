using System.Globalization;

namespace Orchestrator.Linux.Procfs;

/// <summary>A line of /proc/PID/net/dev.</summary>
public readonly record struct NetworkCounters(long ReceivedBytes, long ReceiveErrors, long SentBytes, long SendErrors)
{
    private const int ReceivedBytesField = 0;
    private const int ReceiveErrorsField = 2;
    private const int SentBytesField = 8;
    private const int SendErrorsField = 10;

    /// <summary>Counters by interface name. The two heading lines, and what is malformed, are left out.</summary>
    public static IReadOnlyDictionary<string, NetworkCounters> Parse(string text)
    {
        var counters = new Dictionary<string, NetworkCounters>();
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                continue;
            var fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > SendErrorsField && TryField(fields, ReceivedBytesField, out var received) && TryField(fields, ReceiveErrorsField, out var receiveErrors)
                && TryField(fields, SentBytesField, out var sent) && TryField(fields, SendErrorsField, out var sendErrors))
                counters[line[..colon].Trim()] = new NetworkCounters(received, receiveErrors, sent, sendErrors);
        }

        return counters;
    }

    private static bool TryField(string[] fields, int index, out long value) =>
        long.TryParse(fields[index], NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
