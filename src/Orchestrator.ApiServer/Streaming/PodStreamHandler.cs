using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Streaming;

internal enum PodStream { Exec, Attach, PortForward }

/// <summary>
/// pods/exec, attach and portforward: asks the kubelet for the same upgrade the client asked for, then joins the two connections.
/// What flows (WebSocket frames or SPDY) is the kubelet's and the client's affair.
/// </summary>
internal sealed class PodStreamHandler(KubeletConnector kubelets, PodStream kind) : IConnectHandler
{
    public async Task ConnectAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        var query = http.Request.Query;
        var pod = await PodTarget.FindAsync(context, cancellationToken);
        Validate(context, query);
        var path = kind == PodStream.PortForward
            ? $"/portForward/{pod.Metadata.Namespace}/{pod.Metadata.Name}{http.Request.QueryString}"
            : $"/{(kind == PodStream.Exec ? "exec" : "attach")}/{pod.Metadata.Namespace}/{pod.Metadata.Name}/{PodTarget.ContainerOf(pod, query["container"])}{StreamQuery(query)}";
        var (host, port) = KubeletConnector.AddressOf(context.Server.Reader, PodTarget.NodeOf(pod));
        await UpgradeTunnel.RunAsync(http, token => kubelets.ConnectAsync(host, port, token), $"{PodLogHandler.HostText(host)}:{port}", path, cancellationToken);
    }

    private void Validate(RequestContext context, IQueryCollection query)
    {
        if (kind == PodStream.Exec && !query["command"].Any(part => !string.IsNullOrEmpty(part)))
            throw ApiErrors.BadRequest("you must specify at least 1 command for the container");
        if (kind != PodStream.PortForward && !IsSet(query, "stdin") && !IsSet(query, "stdout") && !IsSet(query, "stderr"))
            throw ApiErrors.BadRequest("you must specify at least 1 of stdin, stdout, stderr");
        if (!UpgradeTunnel.IsUpgrade(context.Http!))
            throw ApiErrors.BadRequest("Upgrade request required");
    }

    /// <summary>The kubelet's own names for the streams.</summary>
    private static string StreamQuery(IQueryCollection query)
    {
        var text = new StringBuilder();
        foreach (var part in query["command"])
            Append("command", part ?? "");
        foreach (var (name, kubeletName) in (ReadOnlySpan<(string, string)>)[("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty")])
        {
            if (IsSet(query, name))
                Append(kubeletName, "1");
        }

        return text.ToString();

        void Append(string name, string value) => text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    private static bool IsSet(IQueryCollection query, string name) => query[name].ToString() is "true" or "1";
}
