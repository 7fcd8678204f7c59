using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Cli.Lab;

/// <summary>Asks the cluster DNS, through its Service address as a pod would, until it answers.</summary>
internal static class ClusterDnsCheck
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(100);
    private const int DnsPort = 53;

    /// <exception cref="UserException">No answer within the limit.</exception>
    public static async Task WaitAsync(LabDefinition lab, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var question = Question("kubernetes.default.svc.cluster.local");
        while (!await AnswersAsync(question, IPAddress.Parse(lab.DnsAddress), time, cancellationToken))
        {
            if (time.GetElapsedTime(began) > limit)
                throw new UserException($"the cluster DNS at {lab.DnsAddress} does not answer");
        }
    }

    private static async Task<bool> AnswersAsync(byte[] question, IPAddress server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var answer = new byte[1500];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(server, DnsPort), either.Token);
            await socket.SendAsync(question, either.Token);
            var count = await socket.ReceiveAsync(answer, either.Token);
            return IsPositive(answer.AsSpan(0, count), question);
        }
        catch (SocketException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken); // Refused at once: its endpoints are not there yet.
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // RFC 1035 section 4.1: same id, QR set, RCODE 0, at least one answer.
    private static bool IsPositive(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> question) =>
        answer.Length > 12 && answer[..2].SequenceEqual(question[..2]) && (answer[2] & 0x80) != 0 && (answer[3] & 0x0F) == 0
        && BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) > 0;

    private static byte[] Question(string name)
    {
        using var message = new MemoryStream();
        message.Write([0x4F, 0x43, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
        foreach (var label in name.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.Write([0, 0, 1, 0, 1]);
        return message.ToArray();
    }
}
