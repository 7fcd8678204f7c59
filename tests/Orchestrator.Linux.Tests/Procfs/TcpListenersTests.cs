using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Procfs;

namespace Orchestrator.Linux.Tests.Procfs;

public sealed class TcpListenersTests
{
    [Test]
    public void FindOwner_OfOurOwnListener_IsThisProcess()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.That(TcpListeners.FindOwner((IPEndPoint)listener.LocalEndpoint)?.Pid, Is.EqualTo(Environment.ProcessId));
    }

    [Test]
    public void IsTaken_ByAListenerOnAllAddresses_AtAnyOfThem()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        listener.Start();
        Assert.That(TcpListeners.IsTaken(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port)), Is.True);
    }

    [Test]
    public void IsTaken_AfterTheListenerIsGone_IsFalse()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        listener.Dispose();
        Assert.That(TcpListeners.IsTaken(endpoint), Is.False);
        Assert.That(TcpListeners.FindOwner(endpoint), Is.Null);
    }

    [TestCase("0100007F:1A0B", "127.0.0.1:6667")]
    [TestCase("00000000000000000000000001000000:0050", "[::1]:80")]
    public void ParseEndpoint_ReadsWordsInTheMachinesOrder(string text, string endpoint) =>
        Assert.That(TcpListeners.ParseEndpoint(text), Is.EqualTo(IPEndPoint.Parse(endpoint)));
}
