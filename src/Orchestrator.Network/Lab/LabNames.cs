using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Network.Lab;

/// <summary>Names of what a lab creates on the host. Link names hold at most 15 characters, so longer ones become a hash.</summary>
public static class LabNames
{
    private const int LongestLinkName = 15;

    public static string Bridge(string lab)
    {
        var name = $"orc-{lab}";
        return name.Length <= LongestLinkName ? name : $"orc-{Hash(lab, LongestLinkName - 4)}";
    }

    /// <summary>The host's end of a node's link.</summary>
    public static string NodeLink(string lab, string node) => $"orcn{Hash($"{lab}/{node}", 10)}";

    public static string NodeNamespace(string lab, string node) => $"orc-{lab}-{node}";

    internal static string Hash(string text, int length)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash)[..length];
    }
}
