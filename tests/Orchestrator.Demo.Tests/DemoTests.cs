using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Orchestrator.Demo.Http;
using Orchestrator.Demo.State;

namespace Orchestrator.Demo.Tests;

/// <summary>The whole demo in process, asked over loopback.</summary>
[TestFixture]
internal sealed class DemoTests
{
    private string files = null!;
    private HttpServer server = null!;
    private MemoryLoad memory = null!;
    private TaskCompletionSource<int> exit = null!;
    private CancellationTokenSource stop = null!;
    private Task serving = null!;
    private StringWriter log = null!;
    private HttpClient client = null!;

    [SetUp]
    public void SetUp()
    {
        files = Directory.CreateTempSubdirectory("orc-demo-test-").FullName;
        Directory.CreateDirectory(Path.Combine(files, "config"));
        Directory.CreateDirectory(Path.Combine(files, "secret"));
        File.WriteAllText(Path.Combine(files, "config/motd"), "good <morning>");
        File.WriteAllText(Path.Combine(files, "secret/password"), "hunter22");
        var time = TimeProvider.System;
        var options = new DemoOptions { FilesDirectory = files, Version = "7" };
        var health = new Health();
        memory = new MemoryLoad();
        exit = new TaskCompletionSource<int>();
        var endpoints = new Endpoints(new InformationSource(options, health, memory, time), health, memory, new CpuLoad(time), exit);
        log = new StringWriter();
        server = new HttpServer(0, endpoints.HandleAsync, new RequestLog(log, time), time);
        stop = new CancellationTokenSource();
        serving = server.RunAsync(TimeSpan.FromSeconds(5), stop.Token);
        client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
    }

    [TearDown]
    public async Task TearDown()
    {
        await stop.CancelAsync();
        await serving;
        client.Dispose();
        server.Dispose();
        stop.Dispose();
        memory.Dispose();
        await log.DisposeAsync();
        Directory.Delete(files, recursive: true);
    }

    [Test]
    public async Task Home_ForCurl_IsTextThatTellsPodsApart()
    {
        var text = await client.GetStringAsync("/");

        Assert.That(text, Does.StartWith("Hello from " + Environment.MachineName).And.Contain("version 7, request 1"));
        Assert.That(text, Does.Contain("config/motd: good <morning>").And.Not.Contain("hunter22"));
    }

    [Test]
    public async Task Home_ForBrowser_IsHtmlWithEscapedValues()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var response = await client.SendAsync(request);
        var html = await response.Content.ReadAsStringAsync();

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(html, Does.StartWith("<!doctype html>").And.Contain("\\u003Cmorning\\u003E").And.Not.Contain("\"INFORMATION\""));
    }

    [Test]
    public async Task Info_Json_HidesSecrets()
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync("/api/info"));
        var shown = document.RootElement.GetProperty("files");

        Assert.That(shown.GetProperty(Path.Combine(files, "config/motd")).GetString(), Is.EqualTo("good <morning>"));
        Assert.That(shown.GetProperty(Path.Combine(files, "secret/password")).GetString(), Is.EqualTo("•••••• (8 characters)"));
    }

    [Test]
    public async Task Readiness_Toggled_ChangesTheProbe()
    {
        Assert.That(await StatusAsync("/readyz"), Is.EqualTo(HttpStatusCode.OK));
        await client.PostAsync("/api/readiness?ok=false", null);
        Assert.That(await StatusAsync("/readyz"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await StatusAsync("/livez"), Is.EqualTo(HttpStatusCode.OK));
        await client.PostAsync("/api/readiness", null);
        Assert.That(await StatusAsync("/readyz"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Memory_Held_ShowsAndIsGivenBack()
    {
        await client.PostAsync("/api/memory?mb=3", null);
        Assert.That(memory.Megabytes, Is.EqualTo(3));
        await client.PostAsync("/api/memory", null);
        Assert.That(memory.Megabytes, Is.Zero);
    }

    [Test]
    public async Task Exit_WithCode_EndsWithIt()
    {
        using var response = await client.PostAsync("/api/exit?code=3", null);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(await exit.Task, Is.EqualTo(3));
    }

    [TestCase("/api/exit?code=256", HttpStatusCode.BadRequest)]
    [TestCase("/api/cpu?seconds=x", HttpStatusCode.BadRequest)]
    [TestCase("/api/readiness?ok=maybe", HttpStatusCode.BadRequest)]
    [TestCase("/nothing", HttpStatusCode.NotFound)]
    public async Task Post_Mistake_IsRefused(string path, HttpStatusCode status)
    {
        using var response = await client.PostAsync(path, null);
        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task Get_OfAChange_IsRefused() => Assert.That(await StatusAsync("/api/exit"), Is.EqualTo(HttpStatusCode.MethodNotAllowed));

    [Test]
    public async Task Resolve_Address_GivesIt() =>
        Assert.That(await client.GetStringAsync("/api/resolve?name=127.0.0.1"), Does.Contain("127.0.0.1").And.Contain("\"error\": null"));

    [Test]
    public async Task Request_EndlessHead_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Long", new string('x', HttpRequest.MaximumHeadBytes));
        HttpStatusCode? status;
        try
        {
            using var response = await client.SendAsync(request);
            status = response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The refusal may overtake the rest of the request.
            status = null;
        }

        Assert.That(status, Is.Null.Or.EqualTo(HttpStatusCode.RequestHeaderFieldsTooLarge));
        Assert.That(await StatusAsync("/"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Requests_AreLogged()
    {
        await client.GetStringAsync("/");
        await stop.CancelAsync();
        await serving;

        Assert.That(log.ToString(), Does.Match("^[0-9T:.Z-]+ 127\\.0\\.0\\.1 \"GET /\" 200 [0-9.]+ms"));
    }

    [Test]
    public void Options_BadPort_IsRefused() =>
        Assert.That(() => DemoOptions.FromEnvironment(n => n == "LISTEN_PORT" ? "70000" : null), Throws.TypeOf<FormatException>());

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }
}
