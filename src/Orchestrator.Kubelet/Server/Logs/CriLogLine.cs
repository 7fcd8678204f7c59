using System.Globalization;
using System.Text;

namespace Orchestrator.Kubelet.Server.Logs;

/// <summary>One line of a container log as the CRI writes it: "TIME STREAM TAGS TEXT", without the newline.</summary>
internal readonly ref struct CriLogLine
{
    public DateTimeOffset Time { get; private init; }

    /// <summary>The time as it was written, with nanoseconds.</summary>
    public ReadOnlySpan<byte> TimeText { get; private init; }

    public bool IsStderr { get; private init; }

    /// <summary>The line goes on in the next entry of the same stream.</summary>
    public bool IsPartial { get; private init; }

    public ReadOnlySpan<byte> Text { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> line, out CriLogLine result)
    {
        result = default;
        var rest = line;
        var time = Token(ref rest);
        var stream = Token(ref rest);
        var tags = Token(ref rest);
        if (time.IsEmpty || stream.IsEmpty || tags.IsEmpty)
            return false;
        if (!DateTimeOffset.TryParse(Encoding.ASCII.GetString(time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            return false;
        var isStderr = stream.SequenceEqual("stderr"u8);
        if (!isStderr && !stream.SequenceEqual("stdout"u8))
            return false;
        result = new() { Time = parsed, TimeText = time, IsStderr = isStderr, IsPartial = tags[0] == (byte)'P', Text = rest };
        return true;
    }

    private static ReadOnlySpan<byte> Token(scoped ref ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        if (space <= 0)
            return default;
        var token = line[..space];
        line = line[(space + 1)..];
        return token;
    }
}
