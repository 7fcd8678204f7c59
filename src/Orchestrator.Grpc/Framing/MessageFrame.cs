using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Orchestrator.Grpc.Framing;

/// <summary>
/// One message on the wire: a compression flag, a length of four bytes (big endian), the message.
/// Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
/// </summary>
internal static class MessageFrame
{
    private const int PrefixBytes = 5;

    /// <summary>A whole frame in a new array.</summary>
    public static byte[] Encode(IMessage message)
    {
        var length = message.CalculateSize();
        var frame = new byte[PrefixBytes + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)length);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="GrpcException">A compressed, oversized, cut-off or unreadable message.</exception>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, int maxBytes, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var prefix = new byte[PrefixBytes];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
            return null;
        if (read < PrefixBytes)
            throw new GrpcException(GrpcStatusCode.Internal, "the stream ended within a message prefix");

        var length = CheckPrefix(prefix, maxBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var body = buffer.AsMemory(0, length);
            if (await stream.ReadAtLeastAsync(body, length, throwOnEndOfStream: false, cancellationToken) < length)
                throw new GrpcException(GrpcStatusCode.Internal, "the stream ended within a message");
            return parser.ParseFrom(body.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"unreadable message: {e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int CheckPrefix(ReadOnlySpan<byte> prefix, int maxBytes)
    {
        if (prefix[0] != 0)
            throw new GrpcException(GrpcStatusCode.Unimplemented, "compressed messages are not supported");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)maxBytes)
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"a message of {length} bytes is larger than the limit of {maxBytes}");
        return (int)length;
    }
}
