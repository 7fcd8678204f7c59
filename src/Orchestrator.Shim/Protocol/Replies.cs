namespace Orchestrator.Shim.Protocol;

internal enum ProcessState : byte
{
    Running = 1,
    Exited = 2,
}

/// <summary>What a shim knows of a container. Times are nanoseconds since 1970.</summary>
/// <param name="OomKilled">Whether the kernel killed a process of the container for lack of memory.</param>
internal sealed record ContainerReport(
    string Id, ProcessState State, int ProcessId, long StartedAt, long FinishedAt, int ExitCode, bool OomKilled, long Uid, long Gid,
    IReadOnlyList<long> Groups)
{
    public void Write(WireWriter writer)
    {
        writer.Text(Id);
        writer.Byte((byte)State);
        writer.Int(ProcessId);
        writer.Long(StartedAt);
        writer.Long(FinishedAt);
        writer.Int(ExitCode);
        writer.Flag(OomKilled);
        writer.Long(Uid);
        writer.Long(Gid);
        writer.List(Groups, static (output, group) => output.Long(group));
    }

    public static ContainerReport Read(WireReader reader) => new(
        reader.Text(), (ProcessState)reader.Byte(), reader.Int(), reader.Long(), reader.Long(), reader.Int(), reader.Flag(),
        reader.Long(), reader.Long(), reader.List(static input => input.Long()));
}

/// <summary>The answer to Hello: who the shim is and what it runs.</summary>
internal sealed record HelloReply(int Version, int ProcessId, bool SandboxStarted, IReadOnlyList<ContainerReport> Containers)
{
    public void Write(WireWriter writer)
    {
        writer.Int(Version);
        writer.Int(ProcessId);
        writer.Flag(SandboxStarted);
        writer.List(Containers, static (output, report) => report.Write(output));
    }

    public static HelloReply Read(WireReader reader) =>
        new(reader.Int(), reader.Int(), reader.Flag(), reader.List(ContainerReport.Read));
}

/// <summary>Why a request failed: the step, its errno (0 if none) and a sentence.</summary>
internal sealed record Failure(string Step, int ErrorNumber, string Message)
{
    public void Write(WireWriter writer)
    {
        writer.Text(Step);
        writer.Int(ErrorNumber);
        writer.Text(Message);
    }

    public static Failure Read(WireReader reader) => new(reader.Text(), reader.Int(), reader.Text());
}

/// <summary>Asks for a process in a running container. Environment and working directory are the container's own.</summary>
internal sealed record ExecSpec(string ContainerId, IReadOnlyList<string> Arguments, bool Stdin, bool Stdout, bool Stderr, bool Terminal)
{
    public void Write(WireWriter writer)
    {
        writer.Text(ContainerId);
        writer.Texts(Arguments);
        writer.Flag(Stdin);
        writer.Flag(Stdout);
        writer.Flag(Stderr);
        writer.Flag(Terminal);
    }

    public static ExecSpec Read(WireReader reader) =>
        new(reader.Text(), reader.Texts(), reader.Flag(), reader.Flag(), reader.Flag(), reader.Flag());
}

/// <summary>Asks for the streams of a container's first process.</summary>
internal sealed record AttachSpec(string ContainerId, bool Stdin, bool Stdout, bool Stderr)
{
    public void Write(WireWriter writer)
    {
        writer.Text(ContainerId);
        writer.Flag(Stdin);
        writer.Flag(Stdout);
        writer.Flag(Stderr);
    }

    public static AttachSpec Read(WireReader reader) => new(reader.Text(), reader.Flag(), reader.Flag(), reader.Flag());
}
