using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;

namespace Orchestrator.Kubelet.Server.Logs;

/// <summary>
/// Reads a container's log in CRI format and writes its text: tail, since, timestamps, limit; follows what is appended, through
/// rotation, until the container has ended.
/// </summary>
public sealed class ContainerLogReader(string path, ContainerLogOptions options, TimeProvider time)
{
    /// <summary>How often a followed log is looked at. Only while somebody follows it.</summary>
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(100);

    private const int BufferBytes = 64 * 1024;
    private const int MaxLineBytes = 1024 * 1024;
    private readonly ArrayBufferWriter<byte> output = new();
    private long left = options.LimitBytes ?? long.MaxValue;
    private bool isMidLine;

    /// <param name="isRunning">Whether more may come; asked at each end of the file.</param>
    public async Task CopyToAsync(Stream target, Func<Task<bool>> isRunning, CancellationToken cancellationToken)
    {
        var file = OpenLog();
        try
        {
            long position = options.TailLines is { } lines ? FindTail(file, lines) : 0;
            var pending = new byte[BufferBytes];
            var length = 0;
            while (left > 0)
            {
                var count = await RandomAccess.ReadAsync(file, pending.AsMemory(length), position, cancellationToken);
                if (count > 0)
                {
                    position += count;
                    length = Consume(ref pending, length + count);
                    await FlushAsync(target, cancellationToken);
                    continue;
                }

                if (IsRotated(file))
                {
                    file.Dispose();
                    (file, position, length) = (OpenLog(), 0, 0);
                    continue;
                }

                if (!options.Follow || !await MayGrowAsync(file, position, isRunning))
                    break;
                await Task.Delay(FollowInterval, time, cancellationToken);
            }
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <summary>Where the last <paramref name="lines"/> lines begin.</summary>
    internal static long FindTail(SafeFileHandle file, long lines)
    {
        var end = RandomAccess.GetLength(file);
        if (lines <= 0)
            return end;
        var buffer = new byte[BufferBytes];
        long seen = 0;
        for (var block = end; block > 0;)
        {
            var start = Math.Max(0, block - buffer.Length);
            var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)(block - start)), start);
            for (var i = count - 1; i >= 0; i--)
            {
                // The newline at the very end closes the last line; it does not begin one.
                if (buffer[i] == '\n' && start + i != end - 1 && ++seen == lines)
                    return start + i + 1;
            }

            block = start;
        }

        return 0;
    }

    /// <summary>A container that ended may have written between the last read and its end, so the file is read once more.</summary>
    private static async Task<bool> MayGrowAsync(SafeFileHandle file, long position, Func<Task<bool>> isRunning) =>
        await isRunning() || RandomAccess.GetLength(file) > position;

    private SafeFileHandle OpenLog() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Whether the path leads to another file by now.</summary>
    private bool IsRotated(SafeFileHandle file)
    {
        if (!options.Follow || PathAt.Status(file, "\0"u8, out var open) != 0)
            return false;
        using var directory = PathAt.OpenDirectory(Path.GetDirectoryName(path)!);
        return PathAt.Status(directory, Encoding.UTF8.GetBytes(Path.GetFileName(path) + '\0'), out var named) == 0 && named.Inode != open.Inode;
    }

    /// <returns>How many bytes of an unfinished line stand at the start of the buffer.</returns>
    private int Consume(ref byte[] buffer, int length)
    {
        var content = buffer.AsSpan(0, length);
        while (content.IndexOf((byte)'\n') is var end && end >= 0)
        {
            Write(content[..end]);
            content = content[(end + 1)..];
        }

        if (content.Length == buffer.Length)
        {
            if (buffer.Length >= MaxLineBytes)
                return 0;
            Array.Resize(ref buffer, buffer.Length * 2);
            return content.Length;
        }

        var rest = content.Length;
        content.CopyTo(buffer);
        return rest;
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        if (!CriLogLine.TryParse(text, out var line) || (line.IsStderr ? !options.Stderr : !options.Stdout) || line.Time < options.Since)
            return;
        if (options.Timestamps && !isMidLine)
        {
            Append(line.TimeText);
            Append(" "u8);
        }

        Append(line.Text);
        if (!line.IsPartial)
            Append("\n"u8);
        isMidLine = line.IsPartial;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var part = bytes[..(int)Math.Min(bytes.Length, left)];
        output.Write(part);
        left -= part.Length;
    }

    private async ValueTask FlushAsync(Stream target, CancellationToken cancellationToken)
    {
        if (output.WrittenCount == 0)
            return;
        await target.WriteAsync(output.WrittenMemory, cancellationToken);
        await target.FlushAsync(cancellationToken);
        output.ResetWrittenCount();
    }
}
