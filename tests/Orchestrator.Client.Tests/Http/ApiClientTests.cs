using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Causes;
using Orchestrator.Client.LeaderElection;

namespace Orchestrator.Client.Tests.Http;

[CancelAfter(30_000)]
public sealed class ApiClientTests
{
    private const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default","resourceVersion":"7"}}""";

    [Test]
    public async Task Requests_UseThePathsOfTheirKinds()
    {
        await using var server = await LoopbackServer.StartAsync(c => c.Response.WriteAsync(Pod));
        using var client = server.Client();
        await client.GetAsync<Pod>("default", "p", default);
        await client.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" } }, default);
        await client.GetAsync<Node>(null, "n", default);
        await client.DeleteAsync<Api.Apps.V1.Deployment>("default", "d", null, default);
        await client.ListAsync<Pod>(null, new ListOptions { LabelSelector = "a in (b,c)", Limit = 5 }, default);
        Assert.That(server.Seen, Is.EqualTo([
            "GET /api/v1/namespaces/default/pods/p",
            "POST /api/v1/namespaces/default/pods?fieldManager=test",
            "GET /api/v1/nodes/n",
            "DELETE /apis/apps/v1/namespaces/default/deployments/d",
            "GET /api/v1/pods?labelSelector=a%20in%20%28b%2Cc%29&limit=5",
        ]));
    }

    [Test]
    public async Task Headers_SayWhoAndWhy()
    {
        string? agent = null, cause = null, authorization = null;
        await using var server = await LoopbackServer.StartAsync(c =>
        {
            (agent, cause, authorization) = (c.Request.Headers.UserAgent, c.Request.Headers[Cause.HeaderName], c.Request.Headers.Authorization);
            return c.Response.WriteAsync(Pod);
        });
        using var client = server.Client(o => o with { BearerToken = "t" });
        Cause.Current = new Cause("replicaset", "replicaset-1", "apps/v1/replicasets/default/web", [5]);
        await client.UpdateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" } }, default);
        Assert.That((agent, authorization), Is.EqualTo(("orc/test", "Bearer t")));
        Assert.That(CauseHeader.Parse(cause!)!.Object, Is.EqualTo("apps/v1/replicasets/default/web"));

        await client.GetAsync<Pod>("default", "p", default);
        Assert.That(cause, Is.Null, "reads have no cause");
    }

    [Test]
    public async Task Refusal_WithStatus_IsThrownAsItIs()
    {
        await using var server = await LoopbackServer.StartAsync(async c =>
        {
            c.Response.StatusCode = 409;
            await c.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"AlreadyExists","code":409,"message":"pods \"p\" already exists"}""");
        });
        using var client = server.Client();
        var error = Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Pod>("default", "p", default));
        Assert.That((error!.Code, error.Reason, error.Message), Is.EqualTo((409, StatusReason.AlreadyExists, "pods \"p\" already exists")));
    }

    [Test]
    public void Server_ThatTakesConnectionsAndSaysNothing_IsUnreachable()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new ApiClient(
            new ApiClientOptions
            {
                Server = new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"),
                Component = "test",
                ConnectTimeout = TimeSpan.FromMilliseconds(100),
                MaxAttempts = 2,
            },
            TimeProvider.System);
        var error = Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Pod>("default", "p", default));
        Assert.That((error!.Code, error.Message), Is.EqualTo((503, $"the server {client.Options.Server.GetLeftPart(UriPartial.Authority)} could not be reached: no connection within 0.1 s")));
    }

    [TestCase(403, StatusReason.Forbidden, "go away")]
    [TestCase(502, StatusReason.InternalError, "<html>")]
    public async Task Refusal_WithoutStatus_StillSaysWhatCame(int code, string reason, string body)
    {
        await using var server = await LoopbackServer.StartAsync(c =>
        {
            c.Response.StatusCode = code;
            return c.Response.WriteAsync(body);
        });
        using var client = server.Client();
        var error = Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Pod>("default", "p", default));
        Assert.That((error!.Code, error.Reason, error.Message), Is.EqualTo((code, reason, body)));
    }

    [Test]
    public async Task Busy_WithRetryAfter_IsTriedAgain()
    {
        var calls = 0;
        await using var server = await LoopbackServer.StartAsync(c =>
        {
            if (++calls > 2)
                return c.Response.WriteAsync(Pod);
            c.Response.StatusCode = 429;
            c.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        });
        using var client = server.Client();
        await client.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" } }, default);
        Assert.That(calls, Is.EqualTo(3));
    }

    [Test]
    public async Task Busy_LeadershipIsOverMeanwhile_IsNotTriedAgain()
    {
        var calls = 0;
        await using var server = await LoopbackServer.StartAsync(c =>
        {
            calls++;
            c.Response.StatusCode = 429;
            c.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        });
        using var client = server.Client();
        var fenced = new FencedApiClient(client, () => calls == 0);

        var error = Assert.ThrowsAsync<ApiException>(
            () => fenced.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" } }, default));

        Assert.That(error!.Message, Does.Contain("may not lead"));
        Assert.That(calls, Is.EqualTo(1));
        // Behind it nothing is left of the fence.
        Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" } }, default));
        Assert.That(calls, Is.GreaterThan(2));
    }

    [Test]
    public async Task Write_BrokenOff_IsNotRepeated()
    {
        var calls = 0;
        await using var server = await LoopbackServer.StartAsync(c =>
        {
            calls++;
            c.Abort();
            return Task.CompletedTask;
        });
        using var client = server.Client();
        var error = Assert.ThrowsAsync<ApiException>(
            () => client.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" } }, default));
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.ServiceUnavailable));
        Assert.That(calls, Is.EqualTo(1), "it may have been done");
    }

    [Test]
    public void Server_NotThere_IsUnavailableAfterAFewTries()
    {
        using var client = new ApiClient(
            new ApiClientOptions { Server = new Uri($"http://127.0.0.1:{UnusedPort()}"), Component = "test", MaxAttempts = 2 }, TimeProvider.System);
        var error = Assert.ThrowsAsync<ApiException>(() => client.GetAsync<Pod>("default", "p", default));
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.ServiceUnavailable));
        Assert.That(error.Message, Does.Contain("could not be reached"));
    }

    [Test]
    public async Task Watch_LinesInPieces_AreReadAsEvents()
    {
        var text = $"{{\"type\":\"ADDED\",\"object\":{Pod}}}\n\n{{\"object\":{Pod},\"type\":\"MODIFIED\"}}\n{{\"type\":\"FUTURE\",\"object\":{{}}}}\n" +
            "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n";
        await using var server = await LoopbackServer.StartAsync(async c =>
        {
            foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(7))
            {
                await c.Response.Body.WriteAsync(piece);
                await c.Response.Body.FlushAsync();
            }
        });
        using var client = server.Client();
        var events = new List<string>();
        await foreach (var change in client.WatchAsync<Pod>(null, new ListOptions { ResourceVersion = "5", AllowWatchBookmarks = true }, default))
            events.Add($"{change.Type} {change.Object.Metadata.Name} {change.Object.Metadata.ResourceVersion}");
        Assert.That(events, Is.EqualTo(["Added p 7", "Modified p 7", "Bookmark  9"]));
        Assert.That(server.Seen, Is.EqualTo(["GET /api/v1/pods?watch=true&resourceVersion=5&allowWatchBookmarks=true"]));
    }

    [Test]
    public async Task Watch_ErrorEvent_IsThrown()
    {
        await using var server = await LoopbackServer.StartAsync(c => c.Response.WriteAsync(
            """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}}""" + "\n"));
        using var client = server.Client();
        var error = Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var _ in client.WatchAsync<Pod>(null, ListOptions.All, default))
                Assert.Fail("no event was sent");
        });
        Assert.That(error!.Code, Is.EqualTo(410));
    }

    [Test]
    public async Task TokenFile_Renewed_IsReadAgain()
    {
        var path = Path.GetTempFileName();
        try
        {
            string? authorization = null;
            await using var server = await LoopbackServer.StartAsync(c =>
            {
                authorization = c.Request.Headers.Authorization;
                return c.Response.WriteAsync(Pod);
            });
            await File.WriteAllTextAsync(path, "one\n");
            using var client = server.Client(o => o with { BearerTokenFile = path, TokenFileMaxAge = TimeSpan.Zero });
            await client.GetAsync<Pod>("default", "p", default);
            Assert.That(authorization, Is.EqualTo("Bearer one"));
            await File.WriteAllTextAsync(path, "two");
            await client.GetAsync<Pod>("default", "p", default);
            Assert.That(authorization, Is.EqualTo("Bearer two"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
