using Orchestrator.Linux.Security;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Bundles;

/// <summary>Capabilities, seccomp filter and the rest of what a container may do. Pure.</summary>
internal static class SecurityBuilder
{
    /// <exception cref="RuntimeException">A capability or profile is unknown.</exception>
    public static SecuritySpec Build(ContainerSecurity security, LinuxResources resources, SeccompFilters filters)
    {
        var capabilities = BuildCapabilities(security);
        var oomScoreAdj = resources.OomScoreAdj == 0 ? (int?)null : (int)Math.Clamp(resources.OomScoreAdj, -1000, 1000);
        return new SecuritySpec(
            (long)capabilities.Bits, (long)capabilities.Bits, 0, 0, security.NoNewPrivileges, filters.For(security, capabilities),
            oomScoreAdj, []);
    }

    private static CapabilitySet BuildCapabilities(ContainerSecurity security)
    {
        if (security.Privileged)
            return CapabilitySet.All;
        var set = HasAll(security.DropCapabilities) ? CapabilitySet.Empty : CapabilitySet.ContainerDefault;
        if (HasAll(security.AddCapabilities))
            set = CapabilitySet.All;
        set = set.Except(Parse(security.DropCapabilities));
        return set.Union(Parse(security.AddCapabilities));
    }

    private static bool HasAll(IReadOnlyList<string> names) => names.Any(static name => name.Equals("ALL", StringComparison.OrdinalIgnoreCase));

    private static CapabilitySet Parse(IReadOnlyList<string> names)
    {
        var bits = 0UL;
        foreach (var name in names)
        {
            if (name.Equals("ALL", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!CapabilitySet.TryParse(name, out var number))
                throw new RuntimeException(RuntimeError.InvalidArgument, $"unknown capability \"{name}\"");
            bits |= 1UL << number;
        }

        return new CapabilitySet(bits);
    }
}
