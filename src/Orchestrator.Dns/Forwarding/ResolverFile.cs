using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Dns.Forwarding;

/// <summary>
/// The machine's real name servers from resolv.conf(5). A stub on loopback is not one: it cannot be reached from another
/// network namespace, and may itself ask us.
/// </summary>
public static class ResolverFile
{
    private const int Port = 53;

    /// <summary>Behind a systemd-resolved stub, its real servers are here.</summary>
    private static readonly string[] Paths = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

    /// <summary>The servers of the first file that names any but loopback ones and <paramref name="except"/>, ourselves.</summary>
    public static ImmutableArray<IPEndPoint> ReadMachine(IReadOnlyCollection<IPAddress> except)
    {
        foreach (var path in Paths)
        {
            if (File.Exists(path) && Parse(File.ReadAllText(path), except) is { IsEmpty: false } servers)
                return servers;
        }
        return [];
    }

    public static ImmutableArray<IPEndPoint> Parse(string text, IReadOnlyCollection<IPAddress> except)
    {
        var servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var server, ..] && IPAddress.TryParse(server, out var address)
                && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !except.Contains(address))
                servers.Add(new IPEndPoint(address, Port));
        }
        return servers.ToImmutable();
    }
}
