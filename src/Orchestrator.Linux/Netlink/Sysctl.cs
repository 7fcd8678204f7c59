namespace Orchestrator.Linux.Netlink;

/// <summary>
/// Kernel settings under /proc/sys. Names use slashes (net/ipv4/ip_forward), as link names may hold dots. Those under net belong
/// to the network namespace of the calling thread.
/// </summary>
public static class Sysctl
{
    private const string Root = "/proc/sys";

    public static bool Exists(string name) => File.Exists(Path.Combine(Root, name));

    public static string Read(string name) => File.ReadAllText(Path.Combine(Root, name)).TrimEnd('\n');

    /// <summary>Writes the value unless it is already so: an unneeded write can have effects of its own.</summary>
    /// <returns>The value before.</returns>
    public static string Write(string name, string value)
    {
        var before = Read(name);
        if (before != value)
            File.WriteAllText(Path.Combine(Root, name), value);
        return before;
    }

    /// <summary>As <see cref="Write"/>, for settings that only some kernels have.</summary>
    public static void WriteIfExists(string name, string value)
    {
        if (Exists(name))
            Write(name, value);
    }
}
