using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>struct nfgenmsg; the resource id is big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetfilterHeader
{
    public byte Family;
    public byte Version;
    public byte ResourceHigh;
    public byte ResourceLow;
}
