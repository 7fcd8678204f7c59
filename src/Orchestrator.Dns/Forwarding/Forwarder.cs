using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Orchestrator.Dns.Messages;

namespace Orchestrator.Dns.Forwarding;

/// <summary>
/// Asks the machine's name servers. Each question goes out from a socket of its own, so ports are as random as the kernel makes
/// them, and only an answer from the server asked, with the right id and question, counts. A server that stays silent rests
/// for a while, in which clients hear of the failure at once. Safe for concurrent use.
/// </summary>
/// <param name="random">For message ids; used under a lock.</param>
public sealed partial class Forwarder(DnsOptions options, TimeProvider time, Random random, ILogger<Forwarder> logger)
{
    private readonly AnswerCache _cache = new(options.CacheEntries, options.CacheLifetime, time);
    private readonly Lock _randomGate = new();
    private readonly long[] _restsUntil = new long[options.Upstreams.Length];
    private int _underWay;

    /// <summary>The upstream's answer under the request's id; null if there was none.</summary>
    /// <param name="request">The request as it came.</param>
    public async Task<byte[]?> AskAsync(DnsQuery query, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var key = new AnswerKey(query.Name, query.Type, query.Class, query.HasEdns);
        if (_cache.Find(key, query.Id) is { } known)
            return known;
        if (Interlocked.Increment(ref _underWay) > options.ForwardsAtOnce)
        {
            Interlocked.Decrement(ref _underWay);
            return null;
        }
        try
        {
            var answer = await AskUpstreamsAsync(query, request, cancellationToken);
            if (answer is not null)
            {
                BinaryPrimitives.WriteUInt16BigEndian(answer, query.Id);
                _cache.Store(key, answer);
            }
            return answer;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<byte[]?> AskUpstreamsAsync(DnsQuery query, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var question = request.ToArray();
        for (var index = 0; index < options.Upstreams.Length; index++)
        {
            if (time.GetTimestamp() < Interlocked.Read(ref _restsUntil[index]))
                continue;
            BinaryPrimitives.WriteUInt16BigEndian(question, NextId());
            if (await TryAskAsync(options.Upstreams[index], query, question, cancellationToken) is { } answer)
                return answer;
            var rest = (long)(options.UpstreamRest.TotalSeconds * time.TimestampFrequency);
            Interlocked.Exchange(ref _restsUntil[index], time.GetTimestamp() + rest);
            LogSilent(options.Upstreams[index], options.UpstreamRest);
        }
        return null;
    }

    private async Task<byte[]?> TryAskAsync(IPEndPoint server, DnsQuery query, byte[] question, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.UpstreamTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = await AskOverUdpAsync(server, query, question, either.Token);
            return IsTruncated(answer) ? await AskOverTcpAsync(server, query, question, either.Token) ?? answer : answer;
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<byte[]> AskOverUdpAsync(IPEndPoint server, DnsQuery query, byte[] question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(question, cancellationToken);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (Answers(buffer.AsSpan(0, length), query, question))
                return buffer[..length];
        }
    }

    private static async Task<byte[]?> AskOverTcpAsync(IPEndPoint server, DnsQuery query, byte[] question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        var framed = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed, 2);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(framed, cancellationToken);
        var header = new byte[2];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return Answers(answer, query, question) ? answer : null;
    }

    /// <summary>Same id, same question, and an answer at all.</summary>
    private static bool Answers(ReadOnlySpan<byte> message, DnsQuery query, ReadOnlySpan<byte> question)
    {
        var end = DnsLimits.HeaderLength + query.QuestionLength;
        return message.Length >= end && message[..2].SequenceEqual(question[..2]) && (message[2] & 0x80) != 0
            && message[4..6].SequenceEqual(question[4..6])
            && Ascii.EqualsIgnoreCase(message[DnsLimits.HeaderLength..end], question[DnsLimits.HeaderLength..end]);
    }

    private static bool IsTruncated(ReadOnlySpan<byte> answer) => (answer[2] & 0x02) != 0;

    private ushort NextId()
    {
        lock (_randomGate)
            return (ushort)random.Next(0, ushort.MaxValue + 1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Name server {Server} did not answer; it is left alone for {Rest}")]
    private partial void LogSilent(IPEndPoint server, TimeSpan rest);
}
