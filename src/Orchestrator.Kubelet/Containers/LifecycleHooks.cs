using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Kubelet.Containers;

/// <summary>Runs postStart and preStop handlers: a command in the container, a request to it, or a pause.</summary>
internal sealed class LifecycleHooks(Cri.IRuntimeService runtime, HttpGetter http, TimeProvider time)
{
    private const string UserAgent = "kube-lifecycle/1.36";

    /// <summary>Commands of hooks end with their container, not with a time limit of their own.</summary>
    private static readonly TimeSpan NoTimeout = Timeout.InfiniteTimeSpan;

    /// <returns>Null when the hook went well, else what went wrong.</returns>
    public async Task<string?> RunAsync(LifecycleHandler handler, Container container, string containerId, string podIp, CancellationToken cancellationToken)
    {
        try
        {
            if (handler.Exec is { } exec)
                return await ExecAsync(exec, containerId, cancellationToken);
            if (handler.HttpGet is { } get)
                return await GetAsync(get, container, podIp, cancellationToken);
            if (handler.TcpSocket is { } socket)
                return await ConnectAsync(socket, container, podIp, cancellationToken);
            if (handler.Sleep is { } sleep)
                await Task.Delay(TimeSpan.FromSeconds(Math.Max(sleep.Seconds ?? 0, 0)), time, cancellationToken);
            return null;
        }
        catch (Exception failure) when (failure is Cri.RuntimeException or HttpRequestException or SocketException or FormatException or UriFormatException)
        {
            return failure.Message;
        }
    }

    private async Task<string?> ExecAsync(ExecAction exec, string containerId, CancellationToken cancellationToken)
    {
        var command = exec.Command ?? [];
        var result = await runtime.ExecSyncAsync(containerId, command, NoTimeout, cancellationToken);
        return result.ExitCode == 0
            ? null
            : $"Exec lifecycle hook ([{string.Join(' ', command)}]) failed: command exited with {result.ExitCode}: {Encoding.UTF8.GetString(result.Stdout)}{Encoding.UTF8.GetString(result.Stderr)}";
    }

    private async Task<string?> GetAsync(HTTPGetAction get, Container container, string podIp, CancellationToken cancellationToken)
    {
        await http.GetAsync(PodEndpoints.UriOf(get, container, podIp), get.HttpHeaders ?? [], UserAgent, cancellationToken);
        // Any answer will do: Kubernetes looks at connection failures only.
        return null;
    }

    private static async Task<string?> ConnectAsync(TCPSocketAction socket, Container container, string podIp, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(socket.Host is { Length: > 0 } host ? host : podIp, PodEndpoints.ResolvePort(socket.Port, container), cancellationToken);
        return null;
    }
}
