using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Informers;
using Orchestrator.Dns.Messages;
using Orchestrator.Dns.Tests.Answers;
using Orchestrator.Testing;

namespace Orchestrator.Dns.Tests.Server;

/// <summary>The whole server on loopback: a cluster in memory behind it, a name server of the test as its upstream.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(20_000)]
public sealed class ClusterDnsTests : IDisposable
{
    private readonly FakeCluster _cluster = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _upstream = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private ClusterDns _dns = null!;
    private Task _running = Task.CompletedTask;
    private int _upstreamQuestions;

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => _running);
    }

    public void Dispose()
    {
        _dns.Dispose();
        _upstream.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task Udp_ServiceCreatedAndDeleted_IsSeenAtOnce()
    {
        await StartAsync();
        Assert.That((await AskAsync("web.default.svc.cluster.local", DnsType.A)).Code, Is.EqualTo(DnsCode.NameError));
        await _cluster.CreateAsync(ClusterAnswersTests.Service("web", "10.96.0.20"), CancellationToken.None);
        await UntilAsync("web.default.svc.cluster.local", reading => reading.Answers.Count == 1);
        await _cluster.DeleteAsync<Service>("default", "web", new(), CancellationToken.None);
        await UntilAsync("web.default.svc.cluster.local", reading => reading.Code == DnsCode.NameError);
    }

    [Test]
    public async Task Udp_SliceChanges_HeadlessNameFollows()
    {
        await StartAsync();
        await _cluster.CreateAsync(ClusterAnswersTests.Service("db", "None"), CancellationToken.None);
        var slice = await _cluster.CreateAsync(ClusterAnswersTests.Slice(), CancellationToken.None);
        await UntilAsync("db.default.svc.cluster.local", reading => reading.Answers.Count == 2);
        await _cluster.UpdateAsync(slice with { Endpoints = [slice.Endpoints![0]] }, CancellationToken.None);
        await UntilAsync("db.default.svc.cluster.local", reading => reading.Answers.Count == 1);
    }

    [Test]
    public async Task Tcp_ManyEndpoints_ComeWhole()
    {
        await StartAsync();
        var slice = ClusterAnswersTests.Slice();
        await _cluster.CreateAsync(ClusterAnswersTests.Service("db", "None"), CancellationToken.None);
        await _cluster.CreateAsync(slice with
        {
            Endpoints = [.. Enumerable.Range(1, 200).Select(i => slice.Endpoints![1] with { Addresses = [$"10.244.3.{i}"] })],
        }, CancellationToken.None);
        await UntilAsync("db.default.svc.cluster.local", reading => reading.Truncated);
        Assert.That((await AskTcpAsync("db.default.svc.cluster.local", DnsType.A)).Answers, Has.Count.EqualTo(200));
    }

    [Test]
    public async Task Udp_NameOutside_IsForwardedAndRemembered()
    {
        await StartAsync();
        for (var i = 0; i < 3; i++)
            Assert.That((await AskAsync("www.example.com", DnsType.A)).Answers, Is.EqualTo(new[] { "A www.example.com 198.51.100.77" }));
        Assert.That(_upstreamQuestions, Is.EqualTo(1));
    }

    [Test]
    public async Task Udp_ExternalName_BringsTheOutsideAddress()
    {
        await StartAsync();
        await _cluster.CreateAsync(new Service
        {
            Metadata = new ObjectMeta { Namespace = "default", Name = "far" },
            Spec = new ServiceSpec { Type = "ExternalName", ExternalName = "www.example.com" },
        }, CancellationToken.None);
        await UntilAsync("far.default.svc.cluster.local", reading => reading.Answers.Count == 2);
        Assert.That((await AskAsync("far.default.svc.cluster.local", DnsType.A)).Answers,
            Is.EqualTo(new[] { "CNAME far.default.svc.cluster.local www.example.com", "A www.example.com 198.51.100.77" }));
    }

    [Test]
    public async Task Udp_UpstreamGone_FailsAtOnceAfterTheFirstTime()
    {
        await StartAsync();
        _upstream.Close();
        Assert.That((await AskAsync("www.example.net", DnsType.A)).Code, Is.EqualTo(DnsCode.ServerFailure));
        var started = TimeProvider.System.GetTimestamp();
        Assert.That((await AskAsync("www.example.org", DnsType.A)).Code, Is.EqualTo(DnsCode.ServerFailure));
        Assert.That(TimeProvider.System.GetElapsedTime(started), Is.LessThan(TimeSpan.FromMilliseconds(500)));
    }

    [Test]
    public async Task Udp_Nonsense_DoesNotStopTheServer()
    {
        await StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(_dns.Endpoints[0]);
        for (var length = 0; length < 40; length++)
            await socket.SendAsync(new byte[length]);
        Assert.That((await AskAsync("cluster.local", DnsType.SOA)).Code, Is.EqualTo(DnsCode.NoError));
    }

    private async Task StartAsync()
    {
        _upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var upstream = ServeUpstreamAsync();
        await _cluster.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "default" } }, CancellationToken.None);
        var informers = new InformerFactory(_cluster, new InformerOptions(), TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        var options = new DnsOptions
        {
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            Upstreams = [(IPEndPoint)_upstream.LocalEndPoint!],
            UpstreamTimeout = TimeSpan.FromMilliseconds(300),
        };
        _dns = new ClusterDns(options, informers, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        _running = Task.WhenAll(informers.RunAsync(_stop.Token), _dns.RunAsync(_stop.Token), upstream);
        await UntilAsync("cluster.local", reading => reading.Code == DnsCode.NoError);
        await UntilAsync("svc.cluster.local", reading => reading.Code == DnsCode.NoError);
    }

    /// <summary>Knows every name to be 198.51.100.77.</summary>
    private async Task ServeUpstreamAsync()
    {
        var request = new byte[1500];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _upstream.ReceiveFromAsync(request, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var query = DnsQuery.Parse(request.AsSpan(0, received.ReceivedBytes), out _)!;
                _upstreamQuestions++;
                var answer = new byte[512];
                var length = DnsWriter.Write(query, request, new DnsReply(DnsCode.NoError)
                {
                    Answers = [new AddressRecord(query.Name, 60, IPAddress.Parse("198.51.100.77"))],
                }, answer);
                await _upstream.SendToAsync(answer.AsMemory(0, length), received.RemoteEndPoint, _stop.Token);
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task UntilAsync(string name, Func<Wire.Reading, bool> condition)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition(await AskAsync(name, DnsType.A)))
            Assert.That(TimeProvider.System.GetElapsedTime(deadline), Is.LessThan(TimeSpan.FromSeconds(5)), name);
    }

    private async Task<Wire.Reading> AskAsync(string name, DnsType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await socket.ConnectAsync(_dns.Endpoints[0], limit.Token);
        await socket.SendAsync(Wire.Question(name, type), limit.Token);
        var answer = new byte[1500];
        return Wire.Read(answer.AsSpan(0, await socket.ReceiveAsync(answer, limit.Token)));
    }

    private async Task<Wire.Reading> AskTcpAsync(string name, DnsType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await socket.ConnectAsync(_dns.Endpoints[0], limit.Token);
        await using var stream = new NetworkStream(socket);
        var question = Wire.Question(name, type);
        var framed = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed, 2);
        await stream.WriteAsync(framed, limit.Token);
        var header = new byte[2];
        await stream.ReadExactlyAsync(header, limit.Token);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
        await stream.ReadExactlyAsync(answer, limit.Token);
        return Wire.Read(answer);
    }
}
