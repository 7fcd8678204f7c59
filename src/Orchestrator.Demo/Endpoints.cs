using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Orchestrator.Demo.Http;
using Orchestrator.Demo.Pages;
using Orchestrator.Demo.State;

namespace Orchestrator.Demo;

/// <summary>What the demo answers, path by path. What changes anything must be asked for with POST.</summary>
internal sealed class Endpoints(InformationSource information, Health health, MemoryLoad memory, CpuLoad cpu, TaskCompletionSource<int> exit)
{
    private const int CpuSecondsLimit = 600;
    private const int MemoryMegabytesLimit = 64 << 10;

    public async Task<HttpResponse> HandleAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var isChange = request.Path is "/api/readiness" or "/api/liveness" or "/api/cpu" or "/api/memory" or "/api/exit";
        if (request.Method is not ("GET" or "HEAD" or "POST") || (isChange && request.Method != "POST"))
            return HttpResponse.Text(405, isChange ? $"use POST: curl -X POST …{request.Path}\n" : "method not allowed\n");
        return request.Path switch
        {
            "/" => Home(request),
            "/api/info" => Info(),
            "/readyz" => Probe(health.IsReady, "ready"),
            "/livez" => Probe(health.IsLive, "live"),
            "/api/readiness" => Toggle(request, () => health.IsReady, value => health.IsReady = value, "ready"),
            "/api/liveness" => Toggle(request, () => health.IsLive, value => health.IsLive = value, "live"),
            "/api/cpu" => UseCpu(request),
            "/api/memory" => UseMemory(request),
            "/api/exit" => Exit(request),
            "/api/resolve" => await ResolveAsync(request, cancellationToken),
            _ => HttpResponse.Text(404, "not found\n\n" + TextPage.Usage),
        };
    }

    private HttpResponse Home(HttpRequest request)
    {
        information.CountRequest();
        var gathered = information.Gather();
        return request.WantsHtml ? HttpResponse.Html(HtmlPage.Render(gathered)) : HttpResponse.Text(200, TextPage.Render(gathered));
    }

    private HttpResponse Info()
    {
        information.CountRequest();
        return HttpResponse.Json(JsonSerializer.SerializeToUtf8Bytes(information.Gather(), DemoJson.Default.Information));
    }

    private static HttpResponse Probe(bool isWell, string what) => HttpResponse.Text(isWell ? 200 : 503, isWell ? what + "\n" : $"not {what}\n");

    /// <summary>?ok=true or ?ok=false; without it the opposite of what was.</summary>
    private static HttpResponse Toggle(HttpRequest request, Func<bool> get, Action<bool> set, string what)
    {
        var value = !get();
        if (request.Query.TryGetValue("ok", out var text) && !bool.TryParse(text, out value))
            return HttpResponse.Text(400, "ok must be true or false\n");
        set(value);
        return HttpResponse.Text(200, value ? $"{what} again\n" : $"not {what} any more\n");
    }

    private HttpResponse UseCpu(HttpRequest request)
    {
        if (Number(request, "seconds", 10, CpuSecondsLimit) is not { } seconds)
            return HttpResponse.Text(400, $"seconds must be a number from 0 to {CpuSecondsLimit}\n");
        cpu.Start(TimeSpan.FromSeconds(seconds));
        return HttpResponse.Text(202, $"one processor is busy for {seconds} s\n");
    }

    private HttpResponse UseMemory(HttpRequest request)
    {
        if (Number(request, "mb", 0, MemoryMegabytesLimit) is not { } megabytes)
            return HttpResponse.Text(400, $"mb must be a number from 0 to {MemoryMegabytesLimit}\n");
        memory.Set(megabytes);
        return HttpResponse.Text(200, $"{megabytes} MB held\n");
    }

    private HttpResponse Exit(HttpRequest request)
    {
        if (Number(request, "code", 0, 255) is not { } code)
            return HttpResponse.Text(400, "code must be a number from 0 to 255\n");
        exit.TrySetResult(code);
        return HttpResponse.Text(202, $"exiting with code {code}\n");
    }

    private static async Task<HttpResponse> ResolveAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.Query.TryGetValue("name", out var name) || name.Length is 0 or > 253)
            return HttpResponse.Text(400, "name is missing: /api/resolve?name=demo.default.svc.cluster.local\n");
        Resolution resolution;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name, cancellationToken);
            resolution = new Resolution(name, addresses.Select(a => a.ToString()).ToList(), null);
        }
        catch (SocketException e)
        {
            resolution = new Resolution(name, [], e.Message);
        }

        return HttpResponse.Json([.. JsonSerializer.SerializeToUtf8Bytes(resolution, DemoJson.Default.Resolution), .. Encoding.ASCII.GetBytes("\n")]);
    }

    /// <summary>Null when the parameter is there but no number in range.</summary>
    private static int? Number(HttpRequest request, string name, int standard, int limit)
    {
        if (!request.Query.TryGetValue(name, out var text))
            return standard;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= limit ? value : null;
    }
}
