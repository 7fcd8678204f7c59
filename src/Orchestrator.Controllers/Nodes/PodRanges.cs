using System.Buffers.Binary;
using System.Net;

namespace Orchestrator.Controllers.Nodes;

/// <summary>The equal ranges that a cluster range divides into (IPv4). Immutable.</summary>
internal sealed class PodRanges
{
    private readonly uint first;
    private readonly int nodePrefix;

    /// <exception cref="FormatException">The range is not IPv4 CIDR notation, or the nodes' ranges would be larger than it.</exception>
    public PodRanges(string clusterCidr, int nodePrefix)
    {
        var cluster = IPNetwork.Parse(clusterCidr);
        if (nodePrefix < cluster.PrefixLength || nodePrefix > 30)
            throw new FormatException($"ranges of /{nodePrefix} do not fit into {clusterCidr}");
        first = BinaryPrimitives.ReadUInt32BigEndian(cluster.BaseAddress.GetAddressBytes());
        this.nodePrefix = nodePrefix;
        Count = 1 << Math.Min(30, nodePrefix - cluster.PrefixLength);
    }

    public int Count { get; }

    /// <summary>The lowest range that is not in use; null when all are.</summary>
    public string? FindFree(IReadOnlySet<string> used)
    {
        for (var i = 0; i < Count; i++)
        {
            var candidate = At(i);
            if (!used.Contains(candidate))
                return candidate;
        }

        return null;
    }

    private string At(int index)
    {
        var start = first + ((uint)index << (32 - nodePrefix));
        return $"{new IPAddress([(byte)(start >> 24), (byte)(start >> 16), (byte)(start >> 8), (byte)start])}/{nodePrefix}";
    }
}
