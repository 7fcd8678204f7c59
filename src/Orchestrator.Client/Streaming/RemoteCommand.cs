using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Client.Streaming;

/// <summary>Size of a terminal in characters.</summary>
public readonly record struct TerminalSize(int Width, int Height);

/// <summary>What to run or join, and what its streams are connected to. The streams stay the caller's.</summary>
public sealed record RemoteCommandOptions
{
    /// <summary>Null for the pod's only (or default) container.</summary>
    public string? Container { get; init; }

    /// <summary>Program and arguments; empty to attach to what the container runs.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public Stream? Stdin { get; init; }

    public Stream? Stdout { get; init; }

    /// <summary>With a terminal there is no separate standard error.</summary>
    public Stream? Stderr { get; init; }

    public bool Tty { get; init; }

    /// <summary>The terminal's size, now and whenever it changes.</summary>
    public IAsyncEnumerable<TerminalSize>? Sizes { get; init; }
}

/// <summary>
/// Runs commands in containers, or joins what runs there: pods/exec and pods/attach over WebSocket (KEP-4006, protocols v5 and v4
/// of channel.k8s.io).
/// </summary>
public sealed class RemoteCommand(IApiClient client)
{
    private const string V5 = "v5.channel.k8s.io";
    private const string V4 = "v4.channel.k8s.io";

    private const byte StdinChannel = 0;
    private const byte StdoutChannel = 1;
    private const byte StderrChannel = 2;
    private const byte ErrorChannel = 3;
    private const byte ResizeChannel = 4;
    private const byte CloseChannel = 255;

    /// <returns>The exit code of the command.</returns>
    /// <exception cref="ApiException">The server refused, or the command could not be run.</exception>
    /// <exception cref="IOException">The connection broke before the command ended.</exception>
    public async Task<int> RunAsync(string @namespace, string pod, RemoteCommandOptions options, CancellationToken cancellationToken)
    {
        using var socket = new ChannelSocket(await WebSocketUpgrade.ConnectAsync(client, PathOf(@namespace, pod, options), [V5, V4], cancellationToken));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = Task.WhenAll(SendInputAsync(socket, options, ended.Token), SendSizesAsync(socket, options, ended.Token));
        try
        {
            return await ReceiveAsync(socket, options, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await IgnoreEndAsync(sending);
            await socket.CloseAsync(CancellationToken.None);
        }
    }

    private static async Task<int> ReceiveAsync(ChannelSocket socket, RemoteCommandOptions options, CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(cancellationToken) is { } message)
        {
            if (message.Channel == ErrorChannel)
                return ExitCodeOf(message.Data.Span);
            var target = message.Channel == StdoutChannel ? options.Stdout : message.Channel == StderrChannel ? options.Stderr : null;
            if (target is null || message.Data.IsEmpty)
                continue;
            await target.WriteAsync(message.Data, cancellationToken);
            await target.FlushAsync(cancellationToken);
        }

        // Attached to a container that goes on, or a server that says nothing at the end.
        return options.Command.Count == 0 ? 0 : throw new IOException("the server closed the connection before it told how the command ended");
    }

    private static async Task SendInputAsync(ChannelSocket socket, RemoteCommandOptions options, CancellationToken cancellationToken)
    {
        if (options.Stdin is not { } stdin)
            return;
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stdin.ReadAsync(buffer, cancellationToken)) > 0)
            await socket.SendAsync(StdinChannel, buffer.AsMemory(0, count), cancellationToken);
        // Only v5 can say that the input has ended while the output goes on.
        if (socket.Protocol == V5)
            await socket.SendAsync(CloseChannel, new[] { StdinChannel }, cancellationToken);
    }

    private static async Task SendSizesAsync(ChannelSocket socket, RemoteCommandOptions options, CancellationToken cancellationToken)
    {
        if (!options.Tty || options.Sizes is not { } sizes)
            return;
        await foreach (var size in sizes.WithCancellation(cancellationToken))
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{{\"Width\":{size.Width},\"Height\":{size.Height}}}");
            await socket.SendAsync(ResizeChannel, Encoding.ASCII.GetBytes(text), cancellationToken);
        }
    }

    private static async Task IgnoreEndAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException or ObjectDisposedException)
        {
            // Input that could not be sent any more was for a command that has ended.
        }
    }

    private static int ExitCodeOf(ReadOnlySpan<byte> utf8)
    {
        Status status;
        try
        {
            status = ApiJson.Deserialize<Status>(utf8);
        }
        catch (JsonException)
        {
            throw ApiErrors.Make(500, StatusReason.InternalError, Encoding.UTF8.GetString(utf8));
        }

        if (status.StatusValue == "Success")
            return 0;
        var code = status.Details?.Causes?.FirstOrDefault(c => c.Reason == "ExitCode")?.Message;
        return status.Reason == "NonZeroExitCode" && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var exitCode)
            ? exitCode
            : throw new ApiException(status);
    }

    private static string PathOf(string @namespace, string pod, RemoteCommandOptions options)
    {
        var path = new StringBuilder(ApiPath.Of<Pod>(@namespace, pod, options.Command.Count > 0 ? "exec" : "attach"));
        path.Append("?stdin=").Append(Text(options.Stdin is not null)).Append("&stdout=").Append(Text(options.Stdout is not null))
            .Append("&stderr=").Append(Text(options.Stderr is not null && !options.Tty)).Append("&tty=").Append(Text(options.Tty));
        if (options.Container is { } container)
            path.Append("&container=").Append(Uri.EscapeDataString(container));
        foreach (var word in options.Command)
            path.Append("&command=").Append(Uri.EscapeDataString(word));
        return path.ToString();

        static string Text(bool value) => value ? "true" : "false";
    }
}
