using System.Net.Sockets;
using System.Text;
using Orchestrator.Kubelet.Containers;

namespace Orchestrator.Kubelet.Probes;

internal enum ProbeOutcome { Success, Failure, Warning, Unknown }

internal readonly record struct ProbeResult(ProbeOutcome Outcome, string Message = "");

/// <summary>Runs one probe once: a command, an HTTP request, a TCP connection or a gRPC health check.</summary>
internal sealed class ProbeRunner(Cri.IRuntimeService runtime, HttpGetter http, GrpcHealthClient grpc, TimeProvider time)
{
    private const string UserAgent = "kube-probe/1.36";
    private const int MaxMessageBytes = 10 * 1024;

    /// <exception cref="OperationCanceledException">The container ended meanwhile.</exception>
    public async Task<ProbeResult> RunAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(target.Probe.TimeoutSeconds ?? 1, 1));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await RunAsync(target, timeout, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(ProbeOutcome.Failure, TimeoutMessage(target, timeout));
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or IOException or FormatException or UriFormatException)
        {
            return new(ProbeOutcome.Failure, failure.InnerException is SocketException inner ? $"{failure.Message}: {inner.Message}" : failure.Message);
        }
        catch (Cri.RuntimeException failure)
        {
            // A command that cannot be started at all says nothing about the container, unless the container lacks it.
            return failure.Error is Cri.RuntimeError.StartFailed or Cri.RuntimeError.DeadlineExceeded
                ? new(ProbeOutcome.Failure, failure.Message)
                : new(ProbeOutcome.Unknown, failure.Message);
        }
    }

    private async Task<ProbeResult> RunAsync(ProbeTarget target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var probe = target.Probe;
        if (probe.Exec is { } exec)
            return await ExecAsync(target, exec, timeout, cancellationToken);
        if (probe.HttpGet is { } get)
            return await GetAsync(target, get, cancellationToken);
        if (probe.TcpSocket is { } socket)
            return await ConnectAsync(target, socket, cancellationToken);
        return probe.Grpc is { } health
            ? await grpc.CheckAsync(target.PodIp, health.Port ?? 0, health.Service ?? "", cancellationToken)
            : new(ProbeOutcome.Unknown, "missing probe handler");
    }

    private async Task<ProbeResult> ExecAsync(ProbeTarget target, ExecAction exec, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var result = await runtime.ExecSyncAsync(target.ContainerId, exec.Command ?? [], timeout, cancellationToken);
        if (result.TimedOut)
            return new(ProbeOutcome.Failure, $"command timed out: \"{string.Join(' ', exec.Command ?? [])}\" timed out after {timeout.TotalSeconds}s");
        var output = Encoding.UTF8.GetString([.. result.Stdout, .. result.Stderr]);
        return new(result.ExitCode == 0 ? ProbeOutcome.Success : ProbeOutcome.Failure, output.Length <= MaxMessageBytes ? output : output[..MaxMessageBytes]);
    }

    private async Task<ProbeResult> GetAsync(ProbeTarget target, HTTPGetAction get, CancellationToken cancellationToken)
    {
        var uri = PodEndpoints.UriOf(get, target.Container.Spec, target.PodIp);
        var (status, body) = await http.GetAsync(uri, get.HttpHeaders ?? [], UserAgent, cancellationToken);
        return (int)status switch
        {
            >= 200 and < 300 => new(ProbeOutcome.Success, body),
            >= 300 and < 400 => new(ProbeOutcome.Warning, $"Probe terminated redirects, Response body: {body}"),
            _ => new(ProbeOutcome.Failure, $"HTTP probe failed with statuscode: {(int)status}"),
        };
    }

    private static async Task<ProbeResult> ConnectAsync(ProbeTarget target, TCPSocketAction socket, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        var host = socket.Host is { Length: > 0 } given ? given : target.PodIp;
        var port = PodEndpoints.ResolvePort(socket.Port, target.Container.Spec);
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
        }
        catch (SocketException failure)
        {
            return new(ProbeOutcome.Failure, $"dial tcp {host}:{port}: connect: {failure.Message.ToLowerInvariant()}");
        }

        return new(ProbeOutcome.Success);
    }

    private static string TimeoutMessage(ProbeTarget target, TimeSpan timeout)
    {
        if (target.Probe.HttpGet is { } get)
            return $"Get \"{PodEndpoints.UriOf(get, target.Container.Spec, target.PodIp)}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
        return target.Probe.Grpc is { } grpc
            ? $"timeout: failed to connect service \"{target.PodIp}:{grpc.Port}\" within {timeout.TotalSeconds}s: context deadline exceeded"
            : target.Probe.TcpSocket is { } socket ? $"dial tcp {target.PodIp}:{socket.Port?.Text}: i/o timeout" : $"command timed out after {timeout.TotalSeconds}s";
    }
}
