namespace Orchestrator.Runtime.Builder;

/// <summary>Copies a log in the CRI's format ("TIME STREAM F|P TEXT") as plain output, as it grows.</summary>
internal sealed class BuildLog(string path, Stream output)
{
    private long position;
    private byte[] rest = [];

    public void CopyNew()
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(position, SeekOrigin.Begin);
        var fresh = new byte[file.Length - position];
        fresh = fresh[..file.ReadAtLeast(fresh, fresh.Length, throwOnEndOfStream: false)];
        position += fresh.Length;
        ReadOnlySpan<byte> data = [.. rest, .. fresh];
        while (data.IndexOf((byte)'\n') is var end and >= 0)
        {
            WriteMessage(data[..end]);
            data = data[(end + 1)..];
        }

        rest = data.ToArray();
        output.Flush();
    }

    private void WriteMessage(ReadOnlySpan<byte> line)
    {
        // Time and stream, then "F" for a whole line and "P" for a part of one.
        for (var i = 0; i < 2; i++)
            line = line[(line.IndexOf((byte)' ') + 1)..];
        output.Write(line.Length > 2 ? line[2..] : []);
        if (line.Length > 0 && line[0] == 'F')
            output.WriteByte((byte)'\n');
    }
}
