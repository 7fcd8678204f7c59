using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Server.Streams;

namespace Orchestrator.Kubelet.Server;

/// <summary>/exec, /attach, /run and /portForward, over WebSocket or SPDY as the client asks.</summary>
internal sealed class StreamsEndpoint(PodLookup lookup, Cri.IRuntimeService runtime, TimeProvider time)
{
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(2);

    public async Task ExecAsync(HttpContext context, string @namespace, string podName, string? uid, string container)
    {
        var options = ParseOptions(context.Request.Query);
        if (options.Command.Count == 0)
            throw new KubeletRequestException(StatusCodes.Status400BadRequest, "you must specify at least one command");
        var target = await lookup.RunningAsync(lookup.Pod(@namespace, podName, uid), container, context.RequestAborted);
        await ServeAsync(context, options, token => runtime.ExecAsync(
            new(target.Id, options.Command, options.Stdin, options.Stdout, options.Stderr, options.Tty), token));
    }

    public async Task AttachAsync(HttpContext context, string @namespace, string podName, string? uid, string container)
    {
        var pod = lookup.Pod(@namespace, podName, uid);
        var target = await lookup.RunningAsync(pod, container, context.RequestAborted);
        var spec = pod.FindContainer(container)?.Spec;
        // Whether there is a terminal was decided when the container was made.
        var options = ParseOptions(context.Request.Query) with { Tty = spec?.Tty == true };
        await ServeAsync(context, options, token => runtime.AttachAsync(
            new(target.Id, options.Stdin && spec?.Stdin == true, options.Stdout, options.Stderr && !options.Tty), token));
    }

    public async Task RunAsync(HttpContext context, string @namespace, string podName, string container)
    {
        var target = await lookup.RunningAsync(lookup.Pod(@namespace, podName), container, context.RequestAborted);
        var words = context.Request.Query["cmd"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var result = await runtime.ExecSyncAsync(target.Id, words, RunTimeout, context.RequestAborted);
        context.Response.StatusCode = result.ExitCode == 0 ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        await context.Response.Body.WriteAsync(result.Stdout, context.RequestAborted);
        await context.Response.Body.WriteAsync(result.Stderr, context.RequestAborted);
    }

    public async Task PortForwardAsync(HttpContext context, string @namespace, string podName, string? uid)
    {
        var pod = lookup.Pod(@namespace, podName, uid);
        var state = await lookup.StateAsync(pod, context.RequestAborted);
        if (state.Sandbox is not { State: Cri.PodSandboxState.Ready } sandbox)
            throw new KubeletRequestException(StatusCodes.Status500InternalServerError, $"unable to do port forwarding: pod {podName} is not running");
        var session = new PortForwardSession(sandbox.Id, pod.Name(), pod.Uid(), runtime);
        if (UpgradeRequest.IsSpdy(context))
        {
            var protocol = UpgradeRequest.ChooseStreamProtocol(context, [PortForwardSession.Protocol]);
            await session.RunAsync(await UpgradeRequest.AcceptSpdyAsync(context, protocol), context.RequestAborted);
        }
        else if (UpgradeRequest.IsWebSocket(context))
            await PortForwardOverWebSocketAsync(context, session, sandbox.Id, pod);
        else
            throw UpgradeRequired();
    }

    internal static RemoteCommandOptions ParseOptions(IQueryCollection query)
    {
        // The API server's names (stdin) and the kubelet's own (input) mean the same.
        var tty = Flag(query, "tty");
        return new(
            [.. query["command"].OfType<string>()], Flag(query, "stdin") || Flag(query, "input"), Flag(query, "stdout") || Flag(query, "output"),
            (Flag(query, "stderr") || Flag(query, "error")) && !tty, tty);
    }

    private async Task ServeAsync(HttpContext context, RemoteCommandOptions options, Func<CancellationToken, Task<Cri.IProcessStreams>> start)
    {
        if (!options.Stdin && !options.Stdout && !options.Stderr)
            throw new KubeletRequestException(StatusCodes.Status400BadRequest, "you must specify at least 1 of stdin, stdout, stderr");
        if (UpgradeRequest.IsWebSocket(context))
        {
            var protocol = ChannelProtocol.Choose(UpgradeRequest.OfferedSubProtocols(context))
                ?? throw new KubeletRequestException(StatusCodes.Status400BadRequest, "no sub-protocol that is offered is supported");
            var socket = await UpgradeRequest.AcceptWebSocketAsync(context, protocol.Name);
            await using var streams = new WebSocketChannels(socket, protocol, options, time, context.RequestAborted);
            await streams.GreetAsync(context.RequestAborted);
            await RemoteCommandSession.RunAsync(streams, start);
        }
        else if (UpgradeRequest.IsSpdy(context))
        {
            var protocol = UpgradeRequest.ChooseStreamProtocol(context, SpdyRemoteStreams.Protocols);
            var transport = await UpgradeRequest.AcceptSpdyAsync(context, protocol);
            await using var streams = await SpdyRemoteStreams.AcceptAsync(transport, protocol, options, time, context.RequestAborted);
            if (streams is not null)
                await RemoteCommandSession.RunAsync(streams, start);
        }
        else
            throw UpgradeRequired();
    }

    private async Task PortForwardOverWebSocketAsync(HttpContext context, PortForwardSession session, string sandboxId, Pod pod)
    {
        var offered = UpgradeRequest.OfferedSubProtocols(context);
        if (offered.Contains(PortForwardSession.TunnelProtocol))
        {
            using var socket = await UpgradeRequest.AcceptWebSocketAsync(context, PortForwardSession.TunnelProtocol);
            await session.RunAsync(new WebSocketByteStream(socket), context.RequestAborted);
            return;
        }

        const string channels = "v4.channel.k8s.io";
        if (offered.Count > 0 && !offered.Contains(channels))
            throw new KubeletRequestException(StatusCodes.Status400BadRequest, "no sub-protocol that is offered is supported");
        var ports = ParsePorts(context.Request.Query);
        using var direct = await UpgradeRequest.AcceptWebSocketAsync(context, offered.Count > 0 ? channels : "");
        await new PortForwardChannels(direct, ports, sandboxId, pod.Name(), pod.Uid(), runtime).RunAsync(context.RequestAborted);
    }

    private static List<int> ParsePorts(IQueryCollection query)
    {
        var ports = new List<int>();
        foreach (var text in query["port"].Concat(query["ports"]).SelectMany(value => (value ?? "").Split(',')))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                throw new KubeletRequestException(StatusCodes.Status400BadRequest, $"invalid port \"{text}\"");
            ports.Add(port);
        }

        // One byte names the channel, and each port takes two.
        return ports.Count is > 0 and <= 127 ? ports : throw new KubeletRequestException(StatusCodes.Status400BadRequest, "query parameter \"port\" is required");
    }

    private static KubeletRequestException UpgradeRequired() =>
        new(StatusCodes.Status400BadRequest, "Upgrade request required");

    private static bool Flag(IQueryCollection query, string name) => query[name].ToString() is "true" or "1";
}
