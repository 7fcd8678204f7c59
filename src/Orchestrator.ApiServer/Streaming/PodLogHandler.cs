using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Streaming;

/// <summary>pods/log: the kubelet's log stream, passed on as it comes.</summary>
internal sealed class PodLogHandler(KubeletConnector kubelets) : IConnectHandler
{
    private static readonly string[] Passed = ["follow", "previous", "sinceSeconds", "sinceTime", "timestamps", "tailLines", "limitBytes", "stream"];

    public async Task ConnectAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var query = context.Http!.Request.Query;
        Validate(query, context.Info.Name);
        var pod = await PodTarget.FindAsync(context, cancellationToken);
        var container = PodTarget.ContainerOf(pod, query["container"]);
        if (pod.Spec?.NodeName is not { Length: > 0 } node)
        {
            // Nothing has run yet: no log is not a fault.
            await SendEmptyAsync(context.Http.Response, cancellationToken);
            return;
        }

        var (host, port) = KubeletConnector.AddressOf(context.Server.Reader, node);
        var options = Passed.Where(query.ContainsKey).Select(name => $"{name}={Uri.EscapeDataString(query[name].ToString())}");
        var path = $"/containerLogs/{pod.Metadata.Namespace}/{pod.Metadata.Name}/{container}?{string.Join('&', options)}";
        await PassOnAsync(context, new Uri($"https://{HostText(host)}:{port}{path}"), cancellationToken);
    }

    internal static string HostText(string host) => host.Contains(':') ? $"[{host}]" : host;

    private async Task PassOnAsync(RequestContext context, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await FaultOfAsync(response, cancellationToken);
        var output = context.Http!.Response;
        output.ContentType = "text/plain";
        await output.StartAsync(cancellationToken);
        await using var lines = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[32 * 1024];
        while (await lines.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await output.Body.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await output.Body.FlushAsync(cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await kubelets.Http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw error.InnerException as Api.Errors.ApiException
                ?? ApiErrors.Internal($"Get \"{request.RequestUri}\": {error.InnerException?.Message ?? error.Message}");
        }
    }

    /// <summary>The kubelet says in words why it cannot: those words are what kubectl users know.</summary>
    internal static async Task<Api.Errors.ApiException> FaultOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
        return response.StatusCode switch
        {
            System.Net.HttpStatusCode.BadRequest => ApiErrors.BadRequest(text),
            System.Net.HttpStatusCode.NotFound => ApiErrors.Make(404, Api.Errors.StatusReason.NotFound, $"the server could not find the requested resource ({text})", null),
            _ => ApiErrors.Internal(text.Length == 0 ? $"the kubelet answered {(int)response.StatusCode}" : text),
        };
    }

    private static Task SendEmptyAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = "text/plain";
        return response.StartAsync(cancellationToken);
    }

    private static void Validate(IQueryCollection query, string name)
    {
        var errors = new FieldErrors();
        CheckNumber(query, "tailLines", 0, "must be greater than or equal to 0", errors);
        CheckNumber(query, "limitBytes", 1, "must be greater than 0", errors);
        CheckNumber(query, "sinceSeconds", 1, "must be greater than 0", errors);
        if (query.ContainsKey("sinceSeconds") && query.ContainsKey("sinceTime"))
            errors.Forbidden(FieldPath.Of("sinceSeconds"), "at most one of `sinceTime` or `sinceSeconds` may be specified");
        if (query.ContainsKey("sinceTime") && !DateTimeOffset.TryParse(query["sinceTime"], CultureInfo.InvariantCulture, out _))
            throw ApiErrors.BadRequest($"parsing time \"{query["sinceTime"]}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
        if (errors.Count > 0)
            throw ApiErrors.Invalid(new GroupVersionKind("", "v1", "PodLogOptions"), name, errors);
    }

    private static void CheckNumber(IQueryCollection query, string name, long least, string fault, FieldErrors errors)
    {
        if (!query.TryGetValue(name, out var text))
            return;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
        if (number < least)
            errors.Invalid(FieldPath.Of(name), number, fault);
    }
}
