using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Namespaces;

namespace Orchestrator.Linux.Netlink;

/// <summary>
/// Links, addresses, routes and neighbours of one network namespace over rtnetlink(7). Verbs follow ip(8). Members are safe for
/// concurrent use and throw <see cref="LinuxException"/> with the kernel's explanation; each costs some ten microseconds plus
/// the kernel's own work.
/// </summary>
public sealed partial class RouteNetlink : IDisposable
{
    private readonly NetlinkSocket _socket;

    private RouteNetlink(NetlinkSocket socket) => _socket = socket;

    /// <summary>For the calling thread's network namespace.</summary>
    public static RouteNetlink Open() => new(NetlinkSocket.Open(NetlinkProtocol.Route));

    /// <summary>For the network namespace at the path.</summary>
    public static RouteNetlink Open(string namespacePath)
    {
        using var handle = NetworkNamespace.Open(namespacePath);
        return Open(handle);
    }

    public static RouteNetlink Open(SafeFileHandle namespaceHandle) =>
        new(NetworkNamespace.OpenNetlink(namespaceHandle, NetlinkProtocol.Route));

    public void Dispose() => _socket.Dispose();

    private void Execute(NetlinkWriter writer, string description)
    {
        writer.EndMessage();
        _socket.Execute(writer, _ => description);
    }

    private static NetlinkWriter Begin<T>(ushort type, NetlinkFlags flags, in T header) where T : unmanaged
    {
        var writer = new NetlinkWriter(256);
        writer.BeginMessage(type, NetlinkFlags.Request | flags);
        writer.PutStruct(header);
        return writer;
    }

    /// <summary>AF_INET is 2 and AF_INET6 is 10 on Linux, whatever .NET's enum says.</summary>
    private static byte FamilyOf(IPAddress address) => FamilyOf(address.AddressFamily);

    private static byte FamilyOf(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        AddressFamily.Unspecified => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Only IPv4 and IPv6 have routes."),
    };
}
