using System.Net;

namespace Orchestrator.Network.Lab;

/// <summary>Address ranges of one lab. They overlap neither each other nor anything the host routes to.</summary>
/// <param name="Nodes">The host takes the first address, nodes take others.</param>
/// <param name="Pods">Cut into one range per node.</param>
/// <param name="Services">Virtual addresses; no link ever has one.</param>
public sealed record LabRanges(IPNetwork Nodes, IPNetwork Pods, IPNetwork Services);

/// <param name="Lab">The lab's name.</param>
/// <param name="StateDirectory">Keeps what <see cref="LabNetwork.Down"/> has to remove; survives a reboot.</param>
public sealed record LabNetworkOptions(string Lab, LabRanges Ranges, string StateDirectory)
{
    /// <summary>Where labs of this machine share what they changed on the host; gone after a reboot, as those changes are.</summary>
    public string HostStateDirectory { get; init; } = "/run/orchestrator";

    /// <summary>Addresses that the host has on the lab's link besides <see cref="LabNetwork.HostAddress"/>.</summary>
    public IReadOnlyList<IPAddress> FurtherHostAddresses { get; init; } = [];
}

/// <param name="Address">Stable: the caller keeps it.</param>
/// <param name="PodRange">The node's PodCIDR, once known.</param>
public sealed record LabNode(string Name, IPAddress Address, IPNetwork? PodRange = null);
