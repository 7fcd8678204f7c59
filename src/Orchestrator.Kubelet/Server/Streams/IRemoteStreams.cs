using System.Threading.Channels;

namespace Orchestrator.Kubelet.Server.Streams;

internal readonly record struct TerminalSize(int Columns, int Rows);

/// <summary>What an exec or attach asks for.</summary>
internal sealed record RemoteCommandOptions(IReadOnlyList<string> Command, bool Stdin, bool Stdout, bool Stderr, bool Tty);

/// <summary>The client's side of an exec or attach session, whichever protocol carries it.</summary>
internal interface IRemoteStreams : IAsyncDisposable
{
    /// <summary>What the client types; ends when it closes its input. Null unless asked for.</summary>
    Stream? Stdin { get; }

    Stream? Stdout { get; }

    Stream? Stderr { get; }

    ChannelReader<TerminalSize> Resizes { get; }

    /// <summary>Cancelled when the client is gone.</summary>
    CancellationToken Closed { get; }

    /// <summary>Tells how the command ended; nothing is written after it.</summary>
    Task FinishAsync(Status status, CancellationToken cancellationToken);
}
