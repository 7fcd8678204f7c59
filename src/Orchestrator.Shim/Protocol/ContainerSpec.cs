namespace Orchestrator.Shim.Protocol;

/// <summary>The layers under a container's root. With no upper directory, <see cref="Lower"/> is one plain directory used as it is.</summary>
/// <param name="MountPoint">An empty directory of the container's own; mounted on in the container's mount namespace only.</param>
internal sealed record RootSpec(IReadOnlyList<string> Lower, string? Upper, string? Work, string MountPoint, bool ReadOnly)
{
    public void Write(WireWriter writer)
    {
        writer.Texts(Lower);
        writer.Text(Upper);
        writer.Text(Work);
        writer.Text(MountPoint);
        writer.Flag(ReadOnly);
    }

    public static RootSpec Read(WireReader reader) =>
        new(reader.Texts(), reader.OptionalText(), reader.OptionalText(), reader.Text(), reader.Flag());
}

/// <summary>Where a container's processes belong, as paths, so that the shim need not know the host's cgroup layout.</summary>
/// <param name="UnifiedDirectory">The cgroup v2 directory to be born in, or null.</param>
/// <param name="JoinFiles">v1 "tasks" files, one per controller, into which the new process writes itself.</param>
/// <param name="KillFile">cgroup.kill (v2) or a cgroup.procs (v1) from which leftovers are found.</param>
/// <param name="OomFile">memory.events (v2) or memory.oom_control (v1), which count kills in a line "oom_kill N".</param>
/// <param name="Directories">What the shim removes when the container has ended, in order.</param>
internal sealed record CgroupSpec(
    string? UnifiedDirectory, IReadOnlyList<string> JoinFiles, string? KillFile, string? OomFile, IReadOnlyList<string> Directories)
{
    public void Write(WireWriter writer)
    {
        writer.Text(UnifiedDirectory);
        writer.Texts(JoinFiles);
        writer.Text(KillFile);
        writer.Text(OomFile);
        writer.Texts(Directories);
    }

    public static CgroupSpec Read(WireReader reader) =>
        new(reader.OptionalText(), reader.Texts(), reader.OptionalText(), reader.OptionalText(), reader.Texts());
}

/// <summary>
/// Whom to run as. Numbers win over names; what is not given comes from the image's own /etc/passwd and /etc/group, which can
/// only be read once the container's root is mounted.
/// </summary>
/// <param name="User">Number or name; empty means 0.</param>
/// <param name="Group">Number or name; null means the user's own group, else 0.</param>
/// <param name="Groups">Supplementary groups.</param>
/// <param name="MergeImageGroups">Whether the groups that /etc/group lists for the user are added.</param>
internal sealed record UserSpec(string User, string? Group, IReadOnlyList<long> Groups, bool MergeImageGroups)
{
    public void Write(WireWriter writer)
    {
        writer.Text(User);
        writer.Text(Group);
        writer.List(Groups, static (output, group) => output.Long(group));
        writer.Flag(MergeImageGroups);
    }

    public static UserSpec Read(WireReader reader) =>
        new(reader.Text(), reader.OptionalText(), reader.List(static input => input.Long()), reader.Flag());
}

/// <summary>What a process in a container may do.</summary>
/// <param name="Filter">A seccomp program in the kernel's form (struct sock_filter), empty for none.</param>
internal sealed record SecuritySpec(
    long Bounding, long Permitted, long Inheritable, long Ambient, bool NoNewPrivileges, byte[] Filter, int? OomScoreAdj,
    IReadOnlyList<LimitSpec> Limits)
{
    public void Write(WireWriter writer)
    {
        writer.Long(Bounding);
        writer.Long(Permitted);
        writer.Long(Inheritable);
        writer.Long(Ambient);
        writer.Flag(NoNewPrivileges);
        writer.Bytes(Filter);
        writer.Int(OomScoreAdj ?? int.MinValue);
        writer.List(Limits, static (output, limit) =>
        {
            output.Int(limit.Resource);
            output.Long(limit.Soft);
            output.Long(limit.Hard);
        });
    }

    public static SecuritySpec Read(WireReader reader)
    {
        var (bounding, permitted, inheritable, ambient) = (reader.Long(), reader.Long(), reader.Long(), reader.Long());
        var (noNewPrivileges, filter, oomScoreAdj) = (reader.Flag(), reader.Bytes(), reader.Int());
        var limits = reader.List(static input => new LimitSpec(input.Int(), input.Long(), input.Long()));
        return new SecuritySpec(
            bounding, permitted, inheritable, ambient, noNewPrivileges, filter, oomScoreAdj == int.MinValue ? null : oomScoreAdj, limits);
    }
}

/// <summary>A limit of setrlimit(2); -1 is infinity.</summary>
internal sealed record LimitSpec(int Resource, long Soft, long Hard);

/// <summary>A program and its surroundings.</summary>
internal sealed record ProcessSpec(
    IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string WorkingDirectory, bool Terminal, bool Stdin, bool StdinOnce)
{
    public void Write(WireWriter writer)
    {
        writer.Texts(Arguments);
        writer.Texts(Environment);
        writer.Text(WorkingDirectory);
        writer.Flag(Terminal);
        writer.Flag(Stdin);
        writer.Flag(StdinOnce);
    }

    public static ProcessSpec Read(WireReader reader) =>
        new(reader.Texts(), reader.Texts(), reader.Text(), reader.Flag(), reader.Flag(), reader.Flag());
}

/// <summary>All that a shim needs to start a container. Paths are the host's unless said otherwise.</summary>
/// <param name="StateFile">Where the shim keeps what became of the container.</param>
/// <param name="LogFile">In CRI format; null to drop the output.</param>
/// <param name="NewNamespaces">CLONE_NEW* bits of namespaces of the container's own.</param>
/// <param name="PidNamespaceOf">A container whose PID namespace is joined, or null.</param>
/// <param name="ReadOnlyPaths">Paths in the container.</param>
internal sealed record ContainerSpec(
    string Id, string StateFile, string? LogFile, RootSpec Root, CgroupSpec Cgroup, long NewNamespaces, string? PidNamespaceOf,
    IReadOnlyList<MountSpec> Mounts, IReadOnlyList<DeviceSpec> Devices, IReadOnlyList<string> MaskedPaths,
    IReadOnlyList<string> ReadOnlyPaths, ProcessSpec Process, UserSpec User, SecuritySpec Security)
{
    public void Write(WireWriter writer)
    {
        writer.Text(Id);
        writer.Text(StateFile);
        writer.Text(LogFile);
        Root.Write(writer);
        Cgroup.Write(writer);
        writer.Long(NewNamespaces);
        writer.Text(PidNamespaceOf);
        writer.List(Mounts, static (output, mount) => mount.Write(output));
        writer.List(Devices, static (output, device) => device.Write(output));
        writer.Texts(MaskedPaths);
        writer.Texts(ReadOnlyPaths);
        Process.Write(writer);
        User.Write(writer);
        Security.Write(writer);
    }

    public static ContainerSpec Read(WireReader reader) => new(
        reader.Text(), reader.Text(), reader.OptionalText(), RootSpec.Read(reader), CgroupSpec.Read(reader), reader.Long(),
        reader.OptionalText(), reader.List(MountSpec.Read), reader.List(DeviceSpec.Read), reader.Texts(), reader.Texts(),
        ProcessSpec.Read(reader), UserSpec.Read(reader), SecuritySpec.Read(reader));
}
