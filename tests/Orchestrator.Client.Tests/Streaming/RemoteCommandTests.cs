using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Errors;
using Orchestrator.Client.Streaming;
using Orchestrator.Client.Tests.Http;

namespace Orchestrator.Client.Tests.Streaming;

[CancelAfter(30_000)]
public sealed class RemoteCommandTests
{
    [TestCase("""{"status":"Success"}""", 0)]
    [TestCase("""{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"42"}]}}""", 42)]
    public async Task Run_Command_JoinsItsStreamsAndTellsItsExitCode(string status, int expected)
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("v5.channel.k8s.io");
            var input = await UntilClosedAsync(socket);
            await SendAsync(socket, 1, "out:" + input);
            await SendAsync(socket, 2, "err");
            await SendAsync(socket, 3, status);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        using var client = server.Client();
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var code = await new RemoteCommand(client).RunAsync(
            "default", "p",
            new RemoteCommandOptions
            {
                Command = ["cat", "a b"], Container = "c", Stdin = new MemoryStream("hello"u8.ToArray()), Stdout = stdout, Stderr = stderr,
            },
            default);

        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(expected));
            Assert.That(Encoding.UTF8.GetString(stdout.ToArray()), Is.EqualTo("out:hello"));
            Assert.That(Encoding.UTF8.GetString(stderr.ToArray()), Is.EqualTo("err"));
            Assert.That(server.Seen.Single(), Is.EqualTo(
                "GET /api/v1/namespaces/default/pods/p/exec?stdin=true&stdout=true&stderr=true&tty=false&container=c&command=cat&command=a%20b"));
        });
    }

    [Test]
    public async Task Run_Refused_ThrowsTheServersReason()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"kind":"Status","code":404,"reason":"NotFound","message":"pods \"p\" not found"}""");
        });
        using var client = server.Client();
        var error = Assert.ThrowsAsync<ApiException>(() => new RemoteCommand(client).RunAsync(
            "default", "p", new RemoteCommandOptions { Command = ["x"], Stdout = Stream.Null }, default));
        Assert.That(error!.Message, Is.EqualTo("pods \"p\" not found"));
    }

    [Test]
    public async Task Forward_Connection_IsJoinedWithThePort()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("v4.channel.k8s.io");
            await SendAsync(socket, 0, "\u0050\0");
            await SendAsync(socket, 1, "\u0050\0");
            var buffer = new byte[100];
            var part = await socket.ReceiveAsync(buffer.AsMemory(), default);
            await SendAsync(socket, 0, "echo " + Encoding.UTF8.GetString(buffer, 1, part.Count - 1));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        using var client = server.Client();
        var local = new TwoWay("ping"u8.ToArray());
        await new PortForwarder(client, NullLogger<PortForwarder>.Instance).ForwardAsync(local, "default", "p", 80, default);
        Assert.That(Encoding.UTF8.GetString(local.Written.ToArray()), Is.EqualTo("echo ping"));
    }

    private static async Task<string> UntilClosedAsync(WebSocket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[100];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), default);
            if (buffer[0] == 255)
                return text.ToString();
            text.Append(Encoding.UTF8.GetString(buffer, 1, part.Count - 1));
        }
    }

    private static Task SendAsync(WebSocket socket, byte channel, string text) =>
        socket.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, true, default);

    /// <summary>Gives its input once, then waits as an idle connection does, and keeps what is written.</summary>
    private sealed class TwoWay(byte[] input) : MemoryStream
    {
        private bool isRead;

        public MemoryStream Written { get; } = new();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (isRead)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            isRead = true;
            input.CopyTo(buffer);
            return input.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Written.WriteAsync(buffer, cancellationToken);
    }
}
