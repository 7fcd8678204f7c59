using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Namespaces;

namespace Orchestrator.Network.Tests;

/// <summary>A named network namespace of one test; gone after disposal. Stands for a host, or for a pod.</summary>
internal sealed class TestNamespace : IDisposable
{
    private static int _count;

    public TestNamespace()
    {
        Name = $"orcnt{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        NetworkNamespace.Create(Name);
    }

    public string Name { get; }

    public string FullPath => NetworkNamespace.PathOf(Name);

    public void Run(Action work) => NetworkNamespace.Run(FullPath, work);

    public void Dispose() => NetworkNamespace.Delete(Name);
}

/// <summary>One TCP exchange between two namespaces, with a bound on every wait.</summary>
internal static class Tcp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Socket Listen(string namespacePath, int port) => NetworkNamespace.Run(namespacePath, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        return socket;
    });

    /// <returns>The peer address the listener saw.</returns>
    public static IPAddress Exchange(string fromNamespace, Socket listener, IPAddress address, int port)
    {
        using var client = Connect(fromNamespace, address, port);
        using var accepted = Accept(listener);
        accepted.Send("x"u8);
        Assert.That(client.Receive(new byte[1]), Is.EqualTo(1));
        return ((IPEndPoint)accepted.RemoteEndPoint!).Address;
    }

    public static Socket Connect(string fromNamespace, IPAddress address, int port) => NetworkNamespace.Run(fromNamespace, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        var connecting = socket.ConnectAsync(new IPEndPoint(address, port));
        if (!((IAsyncResult)connecting).AsyncWaitHandle.WaitOne(Patience))
        {
            socket.Dispose();
            throw new TimeoutException($"no answer from {address}:{port}");
        }
        try
        {
            connecting.GetAwaiter().GetResult();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    public static SocketError Refusal(string fromNamespace, IPAddress address, int port)
    {
        try
        {
            Connect(fromNamespace, address, port).Dispose();
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
        catch (TimeoutException)
        {
            return SocketError.TimedOut;
        }
    }

    private static Socket Accept(Socket listener)
    {
        Assert.That(listener.Poll(Patience, SelectMode.SelectRead), Is.True, "nobody connected");
        return listener.Accept();
    }
}
