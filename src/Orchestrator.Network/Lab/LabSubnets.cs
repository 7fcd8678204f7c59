using System.Net;
using Orchestrator.Network.Pods;

namespace Orchestrator.Network.Lab;

/// <summary>Chooses address ranges for a new lab.</summary>
public static class LabSubnets
{
    /// <summary>
    /// The first node, pod and Service ranges that overlap nothing in <paramref name="taken"/>: the host's routes and
    /// the ranges of labs that are down at the moment. A lab alone on a usual machine gets 172.30.0.0/24, 10.244.0.0/16, 10.96.0.0/16.
    /// </summary>
    /// <exception cref="PodNetworkException">A pool is used up.</exception>
    public static LabRanges Choose(IReadOnlyCollection<IPNetwork> taken) => new(
        First("node", Range(256, third => new IPNetwork(new IPAddress([172, 30, third, 0]), 24)), taken),
        First("pod", Range(11, second => new IPNetwork(new IPAddress([10, (byte)(244 + second), 0, 0]), 16)), taken),
        First("Service", Range(16, second => new IPNetwork(new IPAddress([10, (byte)(96 + second), 0, 0]), 16)), taken));

    /// <summary>The default PodCIDR of a lab's node: the /24 with the node's number (from 1) in the lab's pod range.</summary>
    public static IPNetwork PodRangeOf(IPNetwork pods, int nodeNumber) => new(Offset(pods.BaseAddress, (uint)nodeNumber << 8), 24);

    /// <summary>The default address of a lab's node: 172.30.0.11 for the first, so that .1 to .10 stay free for the host.</summary>
    public static IPAddress NodeAddressOf(IPNetwork nodes, int nodeNumber) => Offset(nodes.BaseAddress, (uint)nodeNumber + 10);

    /// <summary>An address of the host on the lab's link: the first is the lab's own, up to the tenth are free for servers there.</summary>
    public static IPAddress HostAddressOf(IPNetwork nodes, int number) => Offset(nodes.BaseAddress, (uint)number);

    internal static IPAddress Offset(IPAddress address, uint offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) + offset;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    private static IEnumerable<IPNetwork> Range(int count, Func<byte, IPNetwork> make) =>
        Enumerable.Range(0, count).Select(index => make((byte)index));

    private static IPNetwork First(string what, IEnumerable<IPNetwork> pool, IReadOnlyCollection<IPNetwork> taken)
    {
        foreach (var candidate in pool)
        {
            if (!taken.Any(other => Overlap(candidate, other)))
                return candidate;
        }
        throw new PodNetworkException($"Every {what} range of the pool overlaps a route of this machine; name a free range.");
    }

    private static bool Overlap(IPNetwork one, IPNetwork other) =>
        other.PrefixLength > 0 && one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily
        && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));
}
