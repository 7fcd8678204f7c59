using System.Net;
using System.Net.NetworkInformation;

namespace Orchestrator.Network;

/// <summary>Hardware addresses made from IPv4 addresses: the same after a restart, so that no neighbour entry goes stale.</summary>
internal static class HardwareAddress
{
    /// <summary>A locally administered prefix, then the four bytes of the address.</summary>
    public static PhysicalAddress Of(IPAddress address) => new([0x0a, 0x58, .. address.GetAddressBytes()]);
}
