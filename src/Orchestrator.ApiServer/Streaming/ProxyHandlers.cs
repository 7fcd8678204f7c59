using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Streaming;

/// <summary>nodes/proxy: requests to a node's kubelet.</summary>
internal sealed class NodeProxyHandler(KubeletConnector kubelets) : IConnectHandler
{
    public async Task ConnectAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var (name, scheme, port) = ProxyName.Parse(context.Info.Name);
        var (host, kubeletPort) = KubeletConnector.AddressOf(context.Server.Reader, name);
        var target = new ProxyTarget(scheme.Length == 0 ? "https" : scheme, host, port.Length == 0 ? kubeletPort : ProxyName.Number(port));
        await HttpProxy.RunAsync(context, kubelets, target, cancellationToken);
    }
}

/// <summary>pods/proxy: requests to a pod's own address. The name may carry a scheme and a port: <c>https:web:8443</c>.</summary>
internal sealed class PodProxyHandler(PodConnector pods) : IConnectHandler
{
    public async Task ConnectAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var (name, scheme, port) = ProxyName.Parse(context.Info.Name);
        var pod = await context.Server.Reader.GetLatestAsync<Pod>(context.Info.Namespace, name, cancellationToken)
            ?? throw ApiErrors.NotFound(ResourceOf<Pod>.Resource, name);
        if (pod.Status?.PodIP is not { Length: > 0 } address)
            throw ApiErrors.BadRequest($"address not allowed: pod {name} has no address yet");
        var number = port.Length > 0
            ? ProxyName.Number(port)
            : (pod.Spec?.Containers ?? []).SelectMany(container => container.Ports ?? []).FirstOrDefault()?.Port ?? (scheme == "https" ? 443 : 80);
        await HttpProxy.RunAsync(context, pods, new ProxyTarget(scheme.Length == 0 ? "http" : scheme, address, number), cancellationToken);
    }
}

/// <summary>services/proxy: requests to one of a service's ready endpoints, chosen at random.</summary>
internal sealed class ServiceProxyHandler(PodConnector pods, Random random) : IConnectHandler
{
    public async Task ConnectAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var (name, scheme, port) = ProxyName.Parse(context.Info.Name);
        var reader = context.Server.Reader;
        var service = await reader.GetLatestAsync<Service>(context.Info.Namespace, name, cancellationToken)
            ?? throw ApiErrors.NotFound(ResourceOf<Service>.Resource, name);
        var servicePort = PortOf(service, port) ?? throw ApiErrors.Unavailable($"no service port \"{port}\" found for service \"{name}\"");
        var choices = Endpoints(reader, context.Info.Namespace, name, servicePort).ToList();
        if (choices.Count == 0)
            throw ApiErrors.Unavailable($"no endpoints available for service \"{context.Info.Name}\"");
        (string Address, int Port) choice;
        lock (random)
            choice = choices[random.Next(choices.Count)];
        await HttpProxy.RunAsync(context, pods, new ProxyTarget(scheme.Length == 0 ? "http" : scheme, choice.Address, choice.Port), cancellationToken);
    }

    private static ServicePort? PortOf(Service service, string port) => (service.Spec?.Ports ?? []) switch
    {
        [var only] when port.Length == 0 => only,
        var all => all.FirstOrDefault(one => one.Name == port || one.Port?.ToString(CultureInfo.InvariantCulture) == port) ?? (port.Length == 0 ? all.FirstOrDefault() : null),
    };

    private static IEnumerable<(string Address, int Port)> Endpoints(IRegistryReader reader, string @namespace, string service, ServicePort port)
    {
        foreach (var slice in reader.List<EndpointSlice>(@namespace))
        {
            if (slice.Metadata.Labels?.GetValueOrDefault("kubernetes.io/service-name") != service)
                continue;
            var number = slice.Ports?.FirstOrDefault(one => (one.Name ?? "") == (port.Name ?? ""))?.Port;
            foreach (var endpoint in slice.Endpoints ?? [])
            {
                if (number is not null && endpoint.Conditions?.Ready != false && endpoint.Addresses is [var address, ..])
                    yield return (address, number.Value);
            }
        }
    }
}

/// <summary>The name in a proxy's path: <c>name</c>, <c>name:port</c> or <c>scheme:name:port</c>.</summary>
internal static class ProxyName
{
    public static (string Name, string Scheme, string Port) Parse(string text) => text.Split(':') switch
    {
        [var name] => (name, "", ""),
        [var name, var port] => (name, "", port),
        [("http" or "https" or "") and var scheme, var name, var port] => (name, scheme, port),
        _ => throw ApiErrors.BadRequest($"invalid proxy request \"{text}\""),
    };

    public static int Number(string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536
        ? number
        : throw ApiErrors.BadRequest($"invalid port \"{port}\"");
}

internal readonly record struct ProxyTarget(string Scheme, string Host, int Port);

/// <summary>Passes one request on to another server and its answer back; upgrades become tunnels.</summary>
internal static class HttpProxy
{
    private static readonly HashSet<string> HopHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host",
        "Authorization", "Content-Length", "Cookie",
    };

    public static async Task RunAsync(RequestContext context, BackendConnector connector, ProxyTarget target, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        var authority = $"{PodLogHandler.HostText(target.Host)}:{target.Port}";
        var path = $"/{context.Info.SubresourcePath}{http.Request.QueryString}";
        if (UpgradeTunnel.IsUpgrade(http))
        {
            await UpgradeTunnel.RunAsync(http, token => ConnectAsync(connector, target, token), authority, path, cancellationToken);
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri($"{target.Scheme}://{authority}{path}"));
        if (http.Request.ContentLength is > 0 || http.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(http.Request.Body);
        CopyHeaders(http.Request, request);
        using var response = await SendAsync(connector, request, target, cancellationToken);
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!HopHeaders.Contains(name) || name == "Content-Length")
                http.Response.Headers[name] = values.ToArray();
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await body.CopyToAsync(http.Response.Body, cancellationToken);
    }

    private static void CopyHeaders(HttpRequest source, HttpRequestMessage target)
    {
        foreach (var (name, values) in source.Headers)
        {
            if (HopHeaders.Contains(name) || name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase) || name.StartsWith(':'))
                continue;
            if (!target.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                target.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        target.Headers.TryAddWithoutValidation("X-Forwarded-For", source.HttpContext.Connection.RemoteIpAddress?.ToString());
        target.Headers.TryAddWithoutValidation("X-Forwarded-Uri", source.Path.Value);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        BackendConnector connector, HttpRequestMessage request, ProxyTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await connector.Http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw ApiErrors.Unavailable($"error trying to reach service: dial tcp {target.Host}:{target.Port}: {error.InnerException?.Message ?? error.Message}");
        }
    }

    private static Task<Stream> ConnectAsync(BackendConnector connector, ProxyTarget target, CancellationToken cancellationToken) => target.Scheme == "https"
        ? connector.ConnectAsync(target.Host, target.Port, cancellationToken)
        : connector.ConnectTcpAsync(target.Host, target.Port, cancellationToken);
}
