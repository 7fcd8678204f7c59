namespace Orchestrator.Linux.Security;

/// <summary>A set of capabilities(7), one bit each.</summary>
public readonly record struct CapabilitySet(ulong Bits)
{
    /// <summary>The highest capability this code knows, CAP_CHECKPOINT_RESTORE (Linux 5.9).</summary>
    public const int Last = 40;

    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    public static CapabilitySet Empty => default;

    public static CapabilitySet All => new((1UL << (Last + 1)) - 1);

    /// <summary>What an ordinary container may do: the 14 capabilities that Kubernetes' runtimes give by default.</summary>
    public static CapabilitySet ContainerDefault { get; } = Of(
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE",
        "SYS_CHROOT", "KILL", "AUDIT_WRITE");

    public static CapabilitySet Of(params ReadOnlySpan<string> names)
    {
        var bits = 0UL;
        foreach (var name in names)
        {
            if (!TryParse(name, out var number))
                throw new ArgumentException($"unknown capability \"{name}\"");
            bits |= 1UL << number;
        }

        return new CapabilitySet(bits);
    }

    /// <summary>Reads "NET_ADMIN" or "CAP_NET_ADMIN", any case.</summary>
    public static bool TryParse(string name, out int number)
    {
        var bare = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
        for (number = 0; number < Names.Length; number++)
        {
            if (string.Equals(Names[number], bare, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    public bool Contains(int number) => (Bits & (1UL << number)) != 0;

    public bool Contains(string name) => TryParse(name, out var number) && Contains(number);

    public CapabilitySet Union(CapabilitySet other) => new(Bits | other.Bits);

    public CapabilitySet Except(CapabilitySet other) => new(Bits & ~other.Bits);

    public CapabilitySet Intersect(CapabilitySet other) => new(Bits & other.Bits);

    /// <summary>Names as OCI specs write them ("CAP_CHOWN"), in order of number.</summary>
    public IReadOnlyList<string> ToNames()
    {
        var names = new List<string>();
        for (var number = 0; number <= Last; number++)
        {
            if (Contains(number))
                names.Add("CAP_" + Names[number]);
        }

        return names;
    }
}
