using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.ApiServer.Tests.Streaming;

public sealed class PodStreamTests
{
    private const string Pod = "/api/v1/namespaces/default/pods/web";
    private ClusterServer server = null!;
    private FakeKubelet kubelet = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await ClusterServer.StartAsync();
        kubelet = await FakeKubelet.StartAsync(server.Authority.IssueServing("system:node:node1", ["node1"], [IPAddress.Loopback]));
        await server.PostAsync("/api/v1/namespaces/default/serviceaccounts", Bodies.ServiceAccount("default"));
        await RegisterAsync("node1", kubelet.Port);
        await server.PostAsync("/api/v1/namespaces/default/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"nodeName":"node1",
            "containers":[{"name":"main","image":"a"},{"name":"broken","image":"a"}]}}
            """);
        await server.PostAsync("/api/v1/namespaces/default/pods", Bodies.Pod("waiting"));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        // The kubelet first: it ends the streams that the server carries.
        await kubelet.DisposeAsync();
        await server.DisposeAsync();
    }

    [Test]
    public async Task Log_OptionsAndContainer_ReachTheKubelet()
    {
        var answer = await server.GetAsync($"{Pod}/log?container=main&tailLines=5&timestamps=true&other=x");

        Assert.That(answer.Text, Is.EqualTo("GET /containerLogs/default/web/main?timestamps=true&tailLines=5"));
        Assert.That(kubelet.ClientName, Is.EqualTo("kube-apiserver-kubelet-client"));
    }

    [TestCase("log", 400, "a container name must be specified for pod web, choose one of: [main broken]")]
    [TestCase("log?container=nope", 400, "container nope is not valid for pod web")]
    [TestCase("log?container=broken", 400, "container \"broken\" in pod \"web\" is waiting to start: ContainerCreating")]
    [TestCase("log?container=main&tailLines=-1", 422, "PodLogOptions \"web\" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0")]
    [TestCase("exec?container=main&stdout=true", 400, "you must specify at least 1 command for the container")]
    [TestCase("exec?container=main&command=ls", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [TestCase("exec?container=main&command=ls&stdout=true", 400, "Upgrade request required")]
    public async Task FaultyRequest_IsRefusedInKnownWords(string request, int code, string message)
    {
        var answer = await server.GetAsync($"{Pod}/{request}");

        Assert.That((answer.Code, answer.Message), Is.EqualTo((code, message)));
    }

    [Test]
    public async Task Log_OfAPodWithoutNode_IsEmpty()
    {
        var answer = await server.GetAsync("/api/v1/namespaces/default/pods/waiting/log");

        Assert.That((answer.Code, answer.Text), Is.EqualTo((200, "")));
    }

    [Test]
    public async Task Exec_Upgraded_IsATunnelBothWays()
    {
        var (head, stream) = await UpgradeAsync($"{Pod}/exec?container=main&command=echo&command=a%20b&stdin=true&stdout=true&tty=true");
        await using (stream)
        {
            Assert.That(head, Does.StartWith("HTTP/1.1 101 "));
            Assert.That(head, Does.Contain("X-Path: /exec/default/web/main?command=echo&command=a%20b&input=1&output=1&tty=1"));
            await stream.WriteAsync("ping\n"u8.ToArray());
            using var reader = new StreamReader(stream);
            Assert.That(await reader.ReadToEndAsync(), Is.EqualTo("hello ping\n"));
        }
    }

    [Test, CancelAfter(10_000)]
    public async Task Exec_KubeletRefuses_IsAStatusBeforeTheUpgrade(CancellationToken cancellationToken)
    {
        var (head, stream) = await UpgradeAsync($"{Pod}/exec?container=broken&command=x&stdout=true");
        await using (stream)
        {
            Assert.That(head, Does.StartWith("HTTP/1.1 400 "));
            var body = new byte[4096];
            var count = await stream.ReadAsync(body, cancellationToken);
            Assert.That(Encoding.UTF8.GetString(body, 0, count), Does.Contain("is waiting to start: ContainerCreating"));
        }
    }

    [Test]
    public async Task Log_KubeletOfAnotherAuthority_IsNotTrusted()
    {
        using var stranger = Client.Pki.CertificateAuthority.Create("test-ca", TimeProvider.System);
        await using var impostor = await FakeKubelet.StartAsync(stranger.IssueServing("system:node:node2", [], [IPAddress.Loopback]));
        await RegisterAsync("node2", impostor.Port);
        await server.PostAsync("/api/v1/namespaces/default/pods", Bodies.Pod("lured", ",\"nodeName\":\"node2\""));

        var answer = await server.GetAsync("/api/v1/namespaces/default/pods/lured/log");

        Assert.That(answer.Code, Is.EqualTo(500));
        Assert.That(answer.Message, Does.Contain("certificate"));
    }

    [Test]
    public async Task Log_KubeletDown_SaysWhatWasDialled()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await RegisterAsync("node3", port);
        await server.PostAsync("/api/v1/namespaces/default/pods", Bodies.Pod("lost", ",\"nodeName\":\"node3\""));

        var answer = await server.GetAsync("/api/v1/namespaces/default/pods/lost/log");

        Assert.That(answer.Message, Does.Contain($"dial tcp 127.0.0.1:{port}: connect: connection refused"));
    }

    [Test]
    public async Task NodeProxy_Path_ReachesTheKubelet()
    {
        var answer = await server.GetAsync("/api/v1/nodes/node1/proxy/stats/summary?x=1");

        Assert.That(answer.Text, Is.EqualTo("GET /stats/summary?x=1"));
    }

    private Task RegisterAsync(string name, int port) => server.PostAsync("/api/v1/nodes", $$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}"},"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],
        "daemonEndpoints":{"kubeletEndpoint":{"Port":{{{port}}} } } } }
        """);

    /// <summary>Speaks HTTP/1.1 by hand, as an upgrade leaves the client with the bare connection.</summary>
    private async Task<(string Head, NetworkStream Stream)> UpgradeAsync(string path)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host.Endpoints[0]);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
            head.Append((char)one[0]);
        return (head.ToString(), stream);
    }
}
