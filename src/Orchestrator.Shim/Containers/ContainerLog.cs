using System.Buffers;
using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;

namespace Orchestrator.Shim.Containers;

/// <summary>
/// A container's log file in the CRI's format: "TIME stdout|stderr F|P LINE". A line without its end waits for more until it
/// reaches <see cref="MaximumLineBytes"/>, then goes out as a part (P). Each chunk of output is one write(2).
/// </summary>
internal sealed class ContainerLog(string? path, TimeProvider time) : IDisposable
{
    public const int MaximumLineBytes = 16 * 1024;

    private const int FileMode = 0x1a0;

    private readonly ArrayBufferWriter<byte> output = new();
    private readonly Line standardOutput = new("stdout"u8.ToArray());
    private readonly Line standardError = new("stderr"u8.ToArray());
    private Descriptor? file = path is null ? null : OpenFile(path);

    /// <summary>The file was renamed: go on in a new one of the old name.</summary>
    public void Reopen()
    {
        if (path is null)
            return;
        var next = OpenFile(path);
        file?.Dispose();
        file = next;
    }

    public void Append(bool isError, ReadOnlySpan<byte> chunk)
    {
        if (file is null)
            return;
        var line = isError ? standardError : standardOutput;
        var stamp = Stamp();
        while (!chunk.IsEmpty)
        {
            var end = chunk.IndexOf((byte)'\n');
            var room = MaximumLineBytes - line.Pending.WrittenCount;
            if (end >= 0 && end <= room)
            {
                Emit(line, stamp, chunk[..end], isWhole: true);
                chunk = chunk[(end + 1)..];
            }
            else if (chunk.Length >= room)
            {
                Emit(line, stamp, chunk[..room], isWhole: false);
                chunk = chunk[room..];
            }
            else
            {
                line.Pending.Write(chunk);
                break;
            }
        }

        Flush();
    }

    /// <summary>Writes what still waits for its end of line.</summary>
    public void Finish()
    {
        foreach (var line in new[] { standardOutput, standardError })
        {
            if (line.Pending.WrittenCount > 0)
                Emit(line, Stamp(), [], isWhole: true);
        }

        Flush();
    }

    public void Dispose() => file?.Dispose();

    private static Descriptor OpenFile(string path) =>
        FileCalls.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, FileMode);

    private byte[] Stamp()
    {
        var now = time.GetUtcNow();
        return Encoding.ASCII.GetBytes(now.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture));
    }

    private void Emit(Line line, byte[] stamp, ReadOnlySpan<byte> rest, bool isWhole)
    {
        output.Write(stamp);
        output.Write(line.Stream);
        output.Write(isWhole ? " F "u8 : " P "u8);
        output.Write(line.Pending.WrittenSpan);
        output.Write(rest);
        output.Write("\n"u8);
        line.Pending.ResetWrittenCount();
    }

    // A full disk loses log lines, it does not stop the container.
    private void Flush()
    {
        var left = output.WrittenSpan;
        while (!left.IsEmpty && file is not null)
        {
            var written = FileCalls.Write(file, left);
            if (written <= 0)
                break;
            left = left[written..];
        }

        output.ResetWrittenCount();
    }

    private sealed class Line(byte[] stream)
    {
        public byte[] Stream { get; } = stream;

        public ArrayBufferWriter<byte> Pending { get; } = new();
    }
}
