using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Cli.Processes;

/// <summary>
/// The component's end of the sd_notify(3) protocol. Says nothing when nobody asked (no NOTIFY_SOCKET), so a component runs the
/// same under systemd, under <c>orc up</c> and by hand.
/// </summary>
internal sealed class ReadyNotifier(string component)
{
    private readonly string? path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    public void Status(string status) => Send($"STATUS={status}");

    public void Failed(string reason) => Send($"STATUS={ReadyMessage.FailedPrefix}{reason.ReplaceLineEndings(" ")}");

    private void Send(string message)
    {
        if (string.IsNullOrEmpty(path))
            return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes($"{message}\nX_COMPONENT={component}"), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            // The listener has gone: whoever started us no longer waits, which is no reason to stop.
        }
    }
}
