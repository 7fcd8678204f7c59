using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Orchestrator.Linux.Procfs;

/// <summary>A process that listens on a TCP port.</summary>
/// <param name="Command">The name of its program, as ps shows it.</param>
public sealed record TcpListenerProcess(int Pid, string Command);

/// <summary>Who listens on which TCP port of the calling process's network namespace. Source: proc_pid_net(5), proc_pid_fd(5).</summary>
public static class TcpListeners
{
    private const string ListenState = "0A";
    private const int LocalAddressField = 1;
    private const int StateField = 3;
    private const int InodeField = 9;

    /// <summary>Whether the address, or all addresses of the machine, are listened on at the port.</summary>
    public static bool IsTaken(IPEndPoint endpoint) => InodeOf(endpoint) is not null;

    /// <returns>Null when nobody does, or the process is not to be seen from here.</returns>
    public static TcpListenerProcess? FindOwner(IPEndPoint endpoint)
    {
        if (InodeOf(endpoint) is not { } inode)
            return null;
        var wanted = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(descriptor => File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name == wanted))
                    return new(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture), File.ReadAllText(Path.Combine(process, "comm")).Trim());
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours to look into.
            }
        }

        return null;
    }

    private static string? InodeOf(IPEndPoint endpoint)
    {
        foreach (var line in ((string[])["/proc/self/net/tcp", "/proc/self/net/tcp6"]).Where(File.Exists).SelectMany(File.ReadLines))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > InodeField && fields[StateField] == ListenState && ParseEndpoint(fields[LocalAddressField]) is { } local
                && local.Port == endpoint.Port && Covers(local.Address, endpoint.Address))
                return fields[InodeField];
        }

        return null;
    }

    private static bool Covers(IPAddress listening, IPAddress wanted) =>
        listening.Equals(IPAddress.Any) || listening.Equals(IPAddress.IPv6Any) || listening.Equals(wanted)
        || (listening.IsIPv4MappedToIPv6 && listening.MapToIPv4().Equals(wanted));

    /// <summary>"0100007F:1A0B": words of the address in the machine's byte order, then the port.</summary>
    internal static IPEndPoint? ParseEndpoint(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is not (8 or 32) || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port))
            return null;
        var address = new byte[colon / 2];
        for (var at = 0; at < address.Length; at += 4)
        {
            if (!uint.TryParse(text.AsSpan(at * 2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var word))
                return null;
            BinaryPrimitives.WriteUInt32LittleEndian(address.AsSpan(at), word);
        }

        return new IPEndPoint(new IPAddress(address), port);
    }
}
