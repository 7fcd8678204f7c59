using Orchestrator.Linux.Files;
using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Sandbox;

namespace Orchestrator.Shim.Containers;

/// <summary>
/// The pipes of a process to be, both ends; with a terminal there are none before it has started. After the start the child's
/// ends are closed here and the others are pumped.
/// </summary>
internal sealed class ProcessStreams : IDisposable
{
    private readonly List<Descriptor> childEnds = [];
    private readonly List<Descriptor> ownEnds = [];
    private readonly List<OutputPump> pumps = [];
    private Descriptor? inputEnd;
    private Descriptor? outputEnd;
    private Descriptor? errorEnd;

    private ProcessStreams()
    {
    }

    /// <summary>What the child gets, or null with a terminal.</summary>
    public StandardStreams? ForChild { get; private set; }

    /// <summary>Writes to the process; null when it has no stdin.</summary>
    public InputWriter? Input { get; private set; }

    /// <summary>The terminal's master, for its size; null without a terminal.</summary>
    public Descriptor? Terminal { get; private set; }

    public static ProcessStreams Open(bool terminal, bool stdin)
    {
        var streams = new ProcessStreams();
        if (!terminal)
            streams.OpenPipes(stdin);
        return streams;
    }

    /// <summary>Starts to pump. <paramref name="sink"/> gets whether it is stderr, and the bytes.</summary>
    public void Begin(EventLoop loop, StartedProcess process, bool stdin, Func<bool, ReadOnlyMemory<byte>, Task> sink)
    {
        CloseChildEnds();
        if (process.Terminal is { } master)
        {
            Terminal = master;
            outputEnd = FileCalls.Duplicate(master);
            inputEnd = stdin ? FileCalls.Duplicate(master) : null;
        }

        ownEnds.Clear();
        if (inputEnd is not null)
            Input = new InputWriter(inputEnd, loop);
        if (outputEnd is not null)
            pumps.Add(new OutputPump(outputEnd, loop, chunk => sink(false, chunk)));
        if (errorEnd is not null)
            pumps.Add(new OutputPump(errorEnd, loop, chunk => sink(true, chunk)));
    }

    /// <summary>Takes what the ended process left in its pipes.</summary>
    public async Task DrainAsync()
    {
        foreach (var pump in pumps)
            await pump.StopAsync();
    }

    public void Dispose()
    {
        CloseChildEnds();
        foreach (var end in ownEnds)
            end.Dispose();
        Input?.Dispose();
        Terminal?.Dispose();
    }

    private void OpenPipes(bool stdin)
    {
        var input = stdin ? OpenInput() : Keep(childEnds, FileCalls.Open("/dev/null", OpenFlags.ReadOnly));
        var (outputReader, outputWriter) = FileCalls.Pipe();
        var (errorReader, errorWriter) = FileCalls.Pipe();
        (outputEnd, errorEnd) = (Keep(ownEnds, outputReader), Keep(ownEnds, errorReader));
        ForChild = new StandardStreams(input, Keep(childEnds, outputWriter), Keep(childEnds, errorWriter), stdin);
    }

    private Descriptor OpenInput()
    {
        var (reader, writer) = FileCalls.Pipe();
        inputEnd = Keep(ownEnds, writer);
        return Keep(childEnds, reader);
    }

    private static Descriptor Keep(List<Descriptor> ends, Descriptor end)
    {
        ends.Add(end);
        return end;
    }

    private void CloseChildEnds()
    {
        foreach (var end in childEnds)
            end.Dispose();
        childEnds.Clear();
    }
}
