using Orchestrator.Linux.Processes;
using Orchestrator.Shim.Protocol;
using Orchestrator.Shim.Server;

namespace Orchestrator.Shim.Containers;

/// <summary>What the far end of a stream connection may send: input, its end, and the terminal's size.</summary>
internal static class StreamInput
{
    private const byte EndOfTransmission = 4;

    public static async Task HandleAsync(ReceivedFrame frame, ProcessStreams streams)
    {
        switch (frame.Kind)
        {
            case MessageKind.Stdin when frame.Payload.IsEmpty:
                await EndAsync(streams);
                break;
            case MessageKind.Stdin when streams.Input is { } input:
                await input.WriteAsync(frame.Payload);
                break;
            case MessageKind.Resize when streams.Terminal is { IsClosed: false } terminal:
                var reader = new WireReader(frame.Payload);
                ProcessCalls.SetTerminalSize(terminal, reader.Int(), reader.Int());
                break;
        }
    }

    // A terminal has no end of its own to close: Control-D is what says so.
    public static async Task EndAsync(ProcessStreams streams)
    {
        if (streams.Input is not { } input)
            return;
        if (streams.Terminal is not null)
            await input.WriteAsync(new[] { EndOfTransmission });
        else
            input.Dispose();
    }
}
