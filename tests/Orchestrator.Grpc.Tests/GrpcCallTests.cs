using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Grpc.Client;
using Orchestrator.Grpc.Server;

namespace Orchestrator.Grpc.Tests;

/// <summary>Client and server against each other over real connections.</summary>
[TestFixture]
[CancelAfter(20_000)]
internal sealed class GrpcCallTests
{
    private static readonly GrpcMethod<StringValue, StringValue> Echo = new("test.Echo", "Echo");
    private static readonly GrpcMethod<StringValue, StringValue> Fail = new("test.Echo", "Fail");
    private static readonly GrpcMethod<StringValue, StringValue> Hang = new("test.Echo", "Hang");
    private static readonly GrpcMethod<Int64Value, Int64Value> Count = new("test.Echo", "Count");
    private static readonly GrpcMethod<Int64Value, Int64Value> Sum = new("test.Echo", "Sum");

    private TestServer server = null!;
    private GrpcChannel channel = null!;
    private TaskCompletionSource hangEnded = new();

    [SetUp]
    public async Task StartAsync()
    {
        hangEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server = await TestServer.StartAsync(CreateService().HandleAsync);
        channel = new GrpcChannel(server.Address);
    }

    [TearDown]
    public async Task StopAsync()
    {
        channel.Dispose();
        await server.DisposeAsync();
    }

    [Test]
    public async Task Call_Unary_ReturnsTheResponse()
    {
        var response = await channel.CallAsync(Echo, new StringValue { Value = "hello" });

        Assert.That(response.Value, Is.EqualTo("hello"));
    }

    [Test]
    public async Task Call_EmptyMessage_IsAMessage()
    {
        var response = await channel.CallAsync(Echo, new StringValue());

        Assert.That(response.Value, Is.Empty);
    }

    [Test]
    public async Task Call_LargeMessage_ComesThroughWhole()
    {
        var text = new string('x', 3_000_000);

        Assert.That((await channel.CallAsync(Echo, new StringValue { Value = text })).Value, Is.EqualTo(text));
    }

    [Test]
    public void Call_MessageOverTheLimit_IsResourceExhausted()
    {
        var text = new string('x', GrpcService.DefaultMaxMessageBytes + 1);

        AssertStatus(GrpcStatusCode.ResourceExhausted, () => channel.CallAsync(Echo, new StringValue { Value = text }));
    }

    [Test]
    public async Task Call_ResponseOverTheClientsLimit_IsResourceExhausted()
    {
        using var strict = new GrpcChannel(server.Address, new GrpcChannelOptions { MaxMessageBytes = 100 });

        AssertStatus(GrpcStatusCode.ResourceExhausted, () => strict.CallAsync(Echo, new StringValue { Value = new string('x', 200) }));
        Assert.That((await strict.CallAsync(Echo, new StringValue { Value = "y" })).Value, Is.EqualTo("y"), "the channel still works");
    }

    [Test]
    public void Call_HandlerThrowsAStatus_ArrivesWithItsMessage()
    {
        var failure = AssertStatus(GrpcStatusCode.FailedPrecondition, () => channel.CallAsync(Fail, new StringValue { Value = "50 % über\nzwei Zeilen" }));

        Assert.That(failure.Message, Is.EqualTo("50 % über\nzwei Zeilen"));
    }

    [Test]
    public void Call_HandlerBreaks_IsInternalWithoutItsText()
    {
        var failure = AssertStatus(GrpcStatusCode.Internal, () => channel.CallAsync(Fail, new StringValue { Value = "" }));

        Assert.That(failure.Message, Does.Not.Contain("secret"));
    }

    [Test]
    public void Call_UnknownMethod_IsUnimplemented()
    {
        var unknown = new GrpcMethod<StringValue, StringValue>("test.Echo", "Unknown");

        AssertStatus(GrpcStatusCode.Unimplemented, () => channel.CallAsync(unknown, new StringValue()));
    }

    [Test]
    public async Task Call_DeadlinePasses_EndsOnBothSides()
    {
        AssertStatus(GrpcStatusCode.DeadlineExceeded, () => channel.CallAsync(Hang, new StringValue(), new GrpcCallOptions(Timeout: TimeSpan.FromMilliseconds(100))));

        await hangEnded.Task;
    }

    [Test]
    public async Task Call_Cancelled_IsCancellationAndReachesTheServer()
    {
        using var cancellation = new CancellationTokenSource();
        var calling = channel.CallAsync(Hang, new StringValue(), new GrpcCallOptions(CancellationToken: cancellation.Token));

        cancellation.CancelAfter(50);

        Assert.CatchAsync<OperationCanceledException>(() => calling);
        await hangEnded.Task;
    }

    [Test]
    public void Call_ChannelIsClosed_IsUnavailableAndNeverSent()
    {
        channel.Dispose();

        var failure = AssertStatus(GrpcStatusCode.Unavailable, () => channel.CallAsync(Echo, new StringValue()));

        Assert.That(failure.NeverSent, Is.True);
        AssertStatus(GrpcStatusCode.Unavailable, async () => await channel.OpenStream(Echo).ReadAsync());
    }

    [Test]
    public async Task Call_NobodyListens_IsUnavailableAndNeverSent()
    {
        await server.DisposeAsync();

        var failure = AssertStatus(GrpcStatusCode.Unavailable, () => channel.CallAsync(Echo, new StringValue()));

        Assert.That(failure.NeverSent, Is.True);
    }

    [Test]
    public async Task Call_ServerStopsMeanwhile_IsUnavailableAndMayHaveBeenSent()
    {
        var calling = channel.CallAsync(Hang, new StringValue());
        await channel.CallAsync(Echo, new StringValue());

        await server.DisposeAsync();

        var failure = Assert.ThrowsAsync<GrpcException>(() => calling)!;
        Assert.That(failure.StatusCode, Is.EqualTo(GrpcStatusCode.Unavailable).Or.EqualTo(GrpcStatusCode.Cancelled));
        Assert.That(failure.NeverSent, Is.False);
    }

    [Test]
    public async Task Call_Metadata_ReachesTheHandler()
    {
        var options = new GrpcCallOptions(Metadata: [new("token", "abc")]);

        Assert.That((await channel.CallAsync(Echo, new StringValue { Value = "metadata" }, options)).Value, Is.EqualTo("abc"));
    }

    [Test]
    public async Task ServerStreaming_ManyResponses_ArriveInOrder()
    {
        List<long> seen = [];
        await foreach (var response in channel.CallServerStreamingAsync(Count, new Int64Value { Value = 1000 }))
            seen.Add(response.Value);

        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, 1000)));
    }

    [Test]
    public async Task Duplex_RequestsAndResponsesAlternate()
    {
        await using var stream = channel.OpenStream(Sum);
        long expected = 0;
        for (var i = 1; i <= 100; i++)
        {
            await stream.WriteAsync(new Int64Value { Value = i });
            expected += i;
            Assert.That((await stream.ReadAsync())!.Value, Is.EqualTo(expected));
        }

        stream.CompleteWriting();

        Assert.That(await stream.ReadAsync(), Is.Null);
    }

    [Test]
    public async Task Duplex_HandlerThrowsAStatus_ArrivesAtTheReader()
    {
        await using var stream = channel.OpenStream(Sum);
        await stream.WriteAsync(new Int64Value { Value = 1 });
        await stream.ReadAsync();

        await stream.WriteAsync(new Int64Value { Value = -1 });

        AssertStatus(GrpcStatusCode.OutOfRange, async () => await stream.ReadAsync());
    }

    [Test]
    public async Task Duplex_ServerStops_EndsTheReader()
    {
        await using var stream = channel.OpenStream(Sum);
        await stream.WriteAsync(new Int64Value { Value = 1 });
        await stream.ReadAsync();
        var reading = stream.ReadAsync().AsTask();

        await server.DisposeAsync();

        Assert.ThrowsAsync<GrpcException>(() => reading);
    }

    [Test]
    public async Task Duplex_NobodyListens_FailsReadAndWrite()
    {
        await server.DisposeAsync();
        await using var stream = channel.OpenStream(Sum);

        AssertStatus(GrpcStatusCode.Unavailable, async () => await stream.WriteAsync(new Int64Value()));
        AssertStatus(GrpcStatusCode.Unavailable, async () => await stream.ReadAsync());
    }

    [Test]
    public async Task Duplex_Disposed_ReachesTheServer()
    {
        var stream = channel.OpenStream(Sum);
        await stream.WriteAsync(new Int64Value { Value = 1 });
        await stream.ReadAsync();

        await stream.DisposeAsync();

        await hangEnded.Task;
    }

    [Test]
    public async Task Call_OverAUnixSocket_Works()
    {
        var directory = Directory.CreateTempSubdirectory("orchestrator-grpc-");
        try
        {
            await using var local = await TestServer.StartAsync(CreateService().HandleAsync, unixSocket: Path.Combine(directory.FullName, "s"));
            using var localChannel = new GrpcChannel(local.Address);

            Assert.That((await localChannel.CallAsync(Echo, new StringValue { Value = "x" })).Value, Is.EqualTo("x"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Test]
    public async Task Call_OverTls_ChecksTheServersCertificate()
    {
        using var certificate = CreateCertificate();
        await using var secure = await TestServer.StartAsync(CreateService().HandleAsync, certificate);
        using var trusting = new GrpcChannel(secure.Address, new GrpcChannelOptions
        {
            Tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, peer, _, _) => peer!.GetCertHashString() == certificate.GetCertHashString() },
        });
        using var strict = new GrpcChannel(secure.Address);

        Assert.That((await trusting.CallAsync(Echo, new StringValue { Value = "x" })).Value, Is.EqualTo("x"));
        Assert.That(AssertStatus(GrpcStatusCode.Unavailable, () => strict.CallAsync(Echo, new StringValue())).NeverSent, Is.True);
    }

    [TestCase(503, GrpcStatusCode.Unavailable)]
    [TestCase(404, GrpcStatusCode.Unimplemented)]
    [TestCase(401, GrpcStatusCode.Unauthenticated)]
    [TestCase(418, GrpcStatusCode.Unknown)]
    public async Task Call_NotAGrpcServer_MapsTheHttpStatus(int httpStatus, GrpcStatusCode expected)
    {
        await using var proxy = await TestServer.StartAsync(http =>
        {
            http.Response.StatusCode = httpStatus;
            return Task.CompletedTask;
        });
        using var other = new GrpcChannel(proxy.Address);

        AssertStatus(expected, () => other.CallAsync(Echo, new StringValue()));
    }

    [TestCase("")]
    [TestCase("00 00 00 00 05 0a 03")]
    [TestCase("00 00 00")]
    [TestCase("01 00 00 00 00")]
    [TestCase("00 00 00 00 02 0a 09")]
    [TestCase("00 ff ff ff ff")]
    public async Task Call_BrokenResponse_IsAStatusNotAHang(string hex)
    {
        var body = Convert.FromHexString(hex.Replace(" ", ""));
        await using var broken = await TestServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.AppendTrailer("grpc-status", "0");
            await http.Response.Body.WriteAsync(body);
        });
        using var other = new GrpcChannel(broken.Address);

        var failure = Assert.ThrowsAsync<GrpcException>(() => other.CallAsync(Echo, new StringValue()))!;

        Assert.That(failure.StatusCode, Is.AnyOf(GrpcStatusCode.Internal, GrpcStatusCode.Unimplemented, GrpcStatusCode.ResourceExhausted));
    }

    private GrpcService CreateService() => new GrpcService()
        .AddUnary(Echo, (request, context) => Task.FromResult(request.Value == "metadata" ? new StringValue { Value = context.GetMetadata("token") } : request))
        .AddUnary(Fail, (request, _) => throw (request.Value.Length == 0 ? new InvalidDataException("secret") : new GrpcException(GrpcStatusCode.FailedPrecondition, request.Value)))
        .AddUnary(Hang, async (request, context) =>
        {
            await WaitForEndAsync(context.CancellationToken);
            return request;
        })
        .AddServerStreaming(Count, async (request, responses, _) =>
        {
            for (var i = 1; i <= request.Value; i++)
                await responses.WriteAsync(new Int64Value { Value = i });
        })
        .AddDuplex(Sum, SumAsync);

    private async Task SumAsync(IAsyncEnumerable<Int64Value> requests, GrpcStreamWriter<Int64Value> responses, GrpcServerContext context)
    {
        using var ended = context.CancellationToken.Register(() => hangEnded.TrySetResult());
        long sum = 0;
        await foreach (var request in requests)
        {
            if (request.Value < 0)
                throw new GrpcException(GrpcStatusCode.OutOfRange, "negative");
            sum += request.Value;
            await responses.WriteAsync(new Int64Value { Value = sum });
        }
    }

    private async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            hangEnded.TrySetResult();
        }
    }

    private static GrpcException AssertStatus(GrpcStatusCode expected, Func<Task> action)
    {
        var failure = Assert.ThrowsAsync<GrpcException>(action)!;
        Assert.That(failure.StatusCode, Is.EqualTo(expected), failure.Message);
        return failure;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
