using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Orchestrator.Kubelet.Server.Spdy;
using Orchestrator.Kubelet.Server.Streams;

namespace Orchestrator.Kubelet.Tests.Server;

/// <summary>The server as its clients see it: real sockets, TLS and upgrades.</summary>
public sealed class KubeletServerTests
{
    [Test, CancelAfter(30_000)]
    public async Task Request_ByWhomever_IsJudgedByCertificateAndRights(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        using var anonymous = server.Http(anonymous: true);
        using var admin = server.Http();
        using var user = server.Http(server.CertificateFor("alice"));
        using var master = server.Http(server.CertificateFor("root", "system:masters"));
        Assert.Multiple(async () =>
        {
            Assert.That((await anonymous.GetAsync("/healthz", token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await anonymous.GetAsync("/pods", token)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That((await user.GetAsync("/pods", token)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That((await master.GetAsync("/pods", token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await admin.GetStringAsync("/pods", token), Does.Contain("\"name\":\"web\""));
            Assert.That((await admin.GetAsync("/nothing", token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        });
        Assert.That(server.Kubelet.Cluster.Writes, Has.Some.Matches<FakeRequest>(write => write.Resource == "subjectaccessreviews"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Logs_WithOptions_AreCutAsAsked(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        WriteLog(server, "2026-01-31T08:00:00.1Z stdout F one\n2026-01-31T08:00:01.2Z stderr F two\n2026-01-31T08:00:02.3Z stdout P thr\n2026-01-31T08:00:02.3Z stdout F ee\n");
        using var http = server.Http();
        Assert.Multiple(async () =>
        {
            Assert.That(await http.GetStringAsync("/containerLogs/default/web/app", token), Is.EqualTo("one\ntwo\nthree\n"));
            Assert.That(await http.GetStringAsync("/containerLogs/default/web/app?tailLines=2", token), Is.EqualTo("three\n"));
            Assert.That(await http.GetStringAsync("/containerLogs/default/web/app?limitBytes=5", token), Is.EqualTo("one\nt"));
            Assert.That(await http.GetStringAsync("/containerLogs/default/web/app?timestamps=true&sinceTime=2026-01-31T08:00:02Z", token), Is.EqualTo("2026-01-31T08:00:02.3Z three\n"));
            Assert.That(await http.GetStringAsync("/containerLogs/default/web/app?stream=Stderr", token), Is.EqualTo("two\n"));
            Assert.That((await http.GetAsync("/containerLogs/default/web/app?previous=true", token)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That((await http.GetAsync("/containerLogs/default/web/nope", token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await http.GetAsync("/containerLogs/default/web/app?tailLines=x", token)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        });
    }

    [Test, CancelAfter(30_000)]
    public async Task Logs_Followed_GoOnThroughRotationUntilTheEnd(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        var path = WriteLog(server, "2026-01-31T08:00:00Z stdout F one\n");
        using var http = server.Http();
        using var response = await http.GetAsync("/containerLogs/default/web/app?follow=true", HttpCompletionOption.ResponseHeadersRead, token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(token));
        Assert.That(await reader.ReadLineAsync(token), Is.EqualTo("one"));
        var second = reader.ReadLineAsync(token);
        File.Move(path, path + ".old");
        WriteLog(server, "2026-01-31T08:00:00Z stdout F two\n");
        await server.Kubelet.UntilAsync(() => second.IsCompleted, 60);
        Assert.That(await second, Is.EqualTo("two"));
        server.Kubelet.Runtime.Exit("web", "app", 0);
        var end = reader.ReadLineAsync(token);
        await server.Kubelet.UntilAsync(() => end.IsCompleted, 60);
        Assert.That(await end, Is.Null);
    }

    [TestCase("v5.channel.k8s.io")]
    [TestCase("v4.channel.k8s.io")]
    [TestCase("v4.base64.channel.k8s.io")]
    [CancelAfter(30_000)]
    public async Task Exec_OverWebSocket_GivesOutputAndExitCode(string protocol, CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        server.Behaviour.Commands["fail loudly"] = new(7, "out"u8.ToArray(), "err"u8.ToArray());
        using var socket = await server.WebSocketAsync("/exec/default/web/app?command=fail&command=loudly&output=1&error=1", protocol, token);
        var channels = await ReadChannelsAsync(socket, protocol.Contains("base64", StringComparison.Ordinal), token);
        using var status = JsonDocument.Parse(channels[ChannelProtocol.Error]);
        Assert.Multiple(() =>
        {
            Assert.That(socket.SubProtocol, Is.EqualTo(protocol));
            Assert.That(channels[ChannelProtocol.Stdout], Is.EqualTo("out"));
            Assert.That(channels[ChannelProtocol.Stderr], Is.EqualTo("err"));
            Assert.That(status.RootElement.GetProperty("status").GetString(), Is.EqualTo("Failure"));
            Assert.That(status.RootElement.GetProperty("reason").GetString(), Is.EqualTo("NonZeroExitCode"));
            Assert.That(status.RootElement.GetProperty("details").GetProperty("causes")[0].GetProperty("message").GetString(), Is.EqualTo("7"));
        });
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_InputClosedOverWebSocket_ReachesTheProcess(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        using var socket = await server.WebSocketAsync("/exec/default/web/app?command=cat&stdin=true&stdout=true", "v5.channel.k8s.io", token);
        await socket.SendAsync((byte[])[ChannelProtocol.Stdin, .. "hello"u8], WebSocketMessageType.Binary, true, token);
        await socket.SendAsync((byte[])[ChannelProtocol.Close, ChannelProtocol.Stdin], WebSocketMessageType.Binary, true, token);
        var channels = await ReadChannelsAsync(socket, false, token);
        Assert.That(channels[ChannelProtocol.Stdout], Is.EqualTo("hello"));
        Assert.That(channels[ChannelProtocol.Error], Does.Contain("\"Success\""));
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_OverSpdy_GivesOutputInputAndExitCode(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        var (transport, answer) = await server.SpdyAsync("/exec/default/web/app?command=cat&input=1&output=1&error=1", "v4.channel.k8s.io,v3.channel.k8s.io", token);
        Assert.That(answer, Does.StartWith("HTTP/1.1 101").And.Contain("X-Stream-Protocol-Version: v4.channel.k8s.io"));
        await using var connection = new SpdyConnection(transport, isServer: false);
        var running = connection.RunAsync(token);
        var error = await connection.OpenAsync(Headers("error"), token);
        var stdin = await connection.OpenAsync(Headers("stdin"), token);
        var stdout = await connection.OpenAsync(Headers("stdout"), token);
        await connection.OpenAsync(Headers("stderr"), token);
        await stdin.WriteAsync("over spdy"u8.ToArray(), token);
        await stdin.CloseAsync(token);
        Assert.That(await ReadAllAsync(stdout, token), Is.EqualTo("over spdy"));
        Assert.That(await ReadAllAsync(error, token), Does.Contain("\"Success\""));
        await running;

        static Dictionary<string, string> Headers(string type) => new() { ["streamType"] = type };
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_ContainerNotFoundOrNoUpgrade_IsRefusedPlainly(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        using var http = server.Http();
        Assert.Multiple(async () =>
        {
            Assert.That((await http.PostAsync("/exec/default/web/nope?command=x&output=1", null, token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await http.PostAsync("/exec/default/web/app?command=x&output=1", null, token)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That((await http.PostAsync("/exec/default/web/app?output=1", null, token)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That((await http.PostAsync("/exec/default/other/app?command=x&output=1", null, token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        });
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(30_000)]
    public async Task PortForward_OverSpdy_CarriesSeveralConnections(bool tunnelled, CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        server.Behaviour.ClosedPorts.Add(81);
        Stream transport;
        if (tunnelled)
            transport = new WebSocketByteStream(await server.TunnelAsync("/portForward/default/web", "SPDY/3.1+portforward.k8s.io", token));
        else
        {
            (transport, var answer) = await server.SpdyAsync("/portForward/default/web", "portforward.k8s.io", token);
            Assert.That(answer, Does.Contain("X-Stream-Protocol-Version: portforward.k8s.io"));
        }

        await using var connection = new SpdyConnection(transport, isServer: false);
        _ = connection.RunAsync(token);
        for (var i = 0; i < 3; i++)
        {
            var (data, error) = await OpenAsync(80, i);
            await data.WriteAsync(Encoding.ASCII.GetBytes($"ping {i}"), token);
            var buffer = new byte[6];
            await data.ReadExactlyAsync(buffer, token);
            Assert.That(Encoding.ASCII.GetString(buffer), Is.EqualTo($"ping {i}"));
            await error.CloseAsync(token);
            await connection.ResetAsync(data, token);
        }

        var (_, refused) = await OpenAsync(81, 9);
        Assert.That(await ReadAllAsync(refused, token), Does.StartWith("error forwarding port 81 to pod web, uid ").And.Contain("connection refused"));

        async Task<(SpdyStream Data, SpdyStream Error)> OpenAsync(int port, int id)
        {
            var error = await connection.OpenAsync(Headers("error", port, id), token);
            return (await connection.OpenAsync(Headers("data", port, id), token), error);
        }

        static Dictionary<string, string> Headers(string type, int port, int id) => new() { ["streamType"] = type, ["port"] = $"{port}", ["requestID"] = $"{id}" };
    }

    [Test, CancelAfter(30_000)]
    public async Task PortForward_OverChannels_NamesThePortThenCarriesData(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        using var socket = await server.WebSocketAsync("/portForward/default/web?port=8080", "v4.channel.k8s.io", token);
        await socket.SendAsync((byte[])[0, .. "abc"u8], WebSocketMessageType.Binary, true, token);
        var messages = new List<byte[]>();
        var buffer = new byte[100];
        for (var i = 0; i < 3; i++)
        {
            var part = await socket.ReceiveAsync(buffer, token);
            messages.Add(buffer[..part.Count]);
        }

        Assert.That(messages, Is.EqualTo(new byte[][] { [0, 0x90, 0x1f], [1, 0x90, 0x1f], [0, .. "abc"u8] }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Stats_OfRunningPods_AreServedInBothForms(CancellationToken token)
    {
        await using var server = await new TestServer().StartAsync();
        using var http = server.Http();
        using var summary = JsonDocument.Parse(await http.GetStringAsync("/stats/summary", token));
        var pod = summary.RootElement.GetProperty("pods")[0];
        Assert.Multiple(async () =>
        {
            Assert.That(pod.GetProperty("podRef").GetProperty("name").GetString(), Is.EqualTo("web"));
            Assert.That(pod.GetProperty("containers")[0].GetProperty("name").GetString(), Is.EqualTo("app"));
            Assert.That(await http.GetStringAsync("/metrics/resource", token), Does.Contain("container_memory_working_set_bytes{container=\"app\",namespace=\"default\",pod=\"web\"} 1048576"));
            Assert.That(await http.GetStringAsync("/metrics", token), Does.Contain("kubelet_running_pods 1"));
        });
    }

    [Test]
    public void Rights_OfPaths_AreThoseOfNodes() => Assert.Multiple(() =>
    {
        Assert.That(Kubelet.Server.KubeletAuthorization.AttributesOf("GET", "/stats/summary"), Is.EqualTo(("get", "stats")));
        Assert.That(Kubelet.Server.KubeletAuthorization.AttributesOf("POST", "/exec/a/b/c"), Is.EqualTo(("create", "proxy")));
        Assert.That(Kubelet.Server.KubeletAuthorization.AttributesOf("GET", "/metrics/resource"), Is.EqualTo(("get", "metrics")));
    });

    private static string WriteLog(TestServer server, string content)
    {
        var pod = server.Kubelet.Pod("web")!;
        var path = Path.Combine(server.Kubelet.Options.LogDirectory, $"default_web_{pod.Metadata.Uid}", "app", "0.log");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private static async Task<string> ReadAllAsync(Stream stream, CancellationToken token)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(token);
    }

    private static async Task<Dictionary<byte, string>> ReadChannelsAsync(WebSocket socket, bool base64, CancellationToken token)
    {
        var result = new Dictionary<byte, string>();
        var buffer = new byte[65536];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, token);
                return result;
            }

            var channel = base64 ? (byte)(buffer[0] - '0') : buffer[0];
            var data = Encoding.UTF8.GetString(buffer, 1, part.Count - 1);
            result[channel] = result.GetValueOrDefault(channel) + (base64 ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : data);
        }
    }
}
