using System.Text;

namespace Orchestrator.Kubelet.Server.Logs;

/// <summary>The last lines of a log in CRI format, as plain text.</summary>
internal static class CriLogTail
{
    /// <summary>Each CRI line carries at most this much beside its text: time, stream, tag.</summary>
    private const int PrefixBytes = 64;

    public static string Read(string path, int maxLines, int maxBytes)
    {
        using var file = File.OpenRead(path);
        var window = Math.Min(file.Length, maxBytes + (long)maxLines * PrefixBytes);
        file.Seek(-window, SeekOrigin.End);
        var buffer = new byte[window];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var lines = new Queue<string>();
        foreach (var range in SplitLines(buffer.AsMemory(0, length), skipFirst: window < file.Length))
        {
            if (!CriLogLine.TryParse(range.Span, out var line))
                continue;
            if (lines.Count == maxLines)
                lines.Dequeue();
            lines.Enqueue(Encoding.UTF8.GetString(line.Text) + (line.IsPartial ? "" : "\n"));
        }

        var text = string.Concat(lines);
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= maxBytes ? text : Encoding.UTF8.GetString(bytes, bytes.Length - maxBytes, maxBytes);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> SplitLines(ReadOnlyMemory<byte> content, bool skipFirst)
    {
        while (!content.IsEmpty)
        {
            var end = content.Span.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            if (!skipFirst)
                yield return line;
            skipFirst = false;
        }
    }
}
