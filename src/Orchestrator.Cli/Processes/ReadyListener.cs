using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Cli.Processes;

/// <summary>
/// The parent's end of the sd_notify(3) protocol: components that were told of the socket by NOTIFY_SOCKET send "READY=1" when
/// they serve, "STATUS=…" as they go on and "ERRNO=…"-less failures as "STATUS=failed: …" before they exit.
/// </summary>
internal sealed class ReadyListener : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string path;

    public ReadyListener(string path)
    {
        this.path = path;
        File.Delete(path);
        socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public string Path => path;

    /// <summary>The next message of any component.</summary>
    public async Task<ReadyMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        var count = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        return ReadyMessage.Parse(Encoding.UTF8.GetString(buffer, 0, count));
    }

    public void Dispose()
    {
        socket.Dispose();
        File.Delete(path);
    }
}

/// <param name="Component">Who sent it (our own field X_COMPONENT).</param>
internal sealed record ReadyMessage(string Component, bool Ready, string Status)
{
    public bool Failed => Status.StartsWith(FailedPrefix, StringComparison.Ordinal);

    public const string FailedPrefix = "failed: ";

    public static ReadyMessage Parse(string text)
    {
        string component = "", status = "";
        var ready = false;
        foreach (var line in text.Split('\n'))
        {
            if (line == "READY=1")
                ready = true;
            else if (line.StartsWith("STATUS=", StringComparison.Ordinal))
                status = line["STATUS=".Length..];
            else if (line.StartsWith("X_COMPONENT=", StringComparison.Ordinal))
                component = line["X_COMPONENT=".Length..];
        }

        return new(component, ready, status);
    }
}
