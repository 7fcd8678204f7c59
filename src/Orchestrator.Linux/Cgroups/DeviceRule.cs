using System.Globalization;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Allows use of a device.</summary>
/// <param name="Type">'c', 'b', or 'a' for both.</param>
/// <param name="Major">-1 for any.</param>
/// <param name="Minor">-1 for any.</param>
/// <param name="Access">Some of "rwm": read, write, mknod.</param>
public sealed record DeviceRule(char Type, int Major, int Minor, string Access)
{
    /// <summary>
    /// What any container may use: make any node (which opens nothing), and the devices of a plain /dev: null, zero, full, tty,
    /// console, random, urandom, ptmx and pseudo-terminals.
    /// </summary>
    public static IReadOnlyList<DeviceRule> ContainerDefaults { get; } =
    [
        new('c', -1, -1, "m"), new('b', -1, -1, "m"), new('c', 1, 3, "rwm"), new('c', 1, 5, "rwm"), new('c', 1, 7, "rwm"),
        new('c', 5, 0, "rwm"), new('c', 5, 1, "rwm"), new('c', 1, 8, "rwm"), new('c', 1, 9, "rwm"), new('c', 5, 2, "rwm"),
        new('c', 136, -1, "rwm"),
    ];

    public static DeviceRule Everything { get; } = new('a', -1, -1, "rwm");

    /// <summary>The form of cgroup v1's devices.allow.</summary>
    public override string ToString() => $"{Type} {Number(Major)}:{Number(Minor)} {Access}";

    private static string Number(int value) => value < 0 ? "*" : value.ToString(CultureInfo.InvariantCulture);
}
