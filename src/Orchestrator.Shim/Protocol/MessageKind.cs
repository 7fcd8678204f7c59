namespace Orchestrator.Shim.Protocol;

/// <summary>
/// What a frame is about. The numbers are sent between a runtime and shims that an older runtime started: never reuse one.
/// </summary>
internal enum MessageKind : byte
{
    // Requests on a control connection; each is answered by Done or Failed with the same id.
    Hello = 1,
    StartSandbox = 2,
    StartContainer = 3,
    SignalContainer = 4,
    ReopenLog = 5,
    ForgetContainer = 6,
    Shutdown = 7,
    ResizeContainer = 8,

    // Requests that turn a connection into a stream connection.
    Exec = 16,
    Attach = 17,

    // As Attach, to a container that may not have been started yet: the answer comes at once, the output from its first byte on.
    AttachEarly = 18,

    // Answers.
    Done = 32,
    Failed = 33,

    // Pushed on control connections after Hello.
    ContainerExited = 40,

    // Frames of a stream connection.
    Stdin = 64,
    Resize = 65,
    Stdout = 66,
    Stderr = 67,
    Exited = 68,
}

/// <summary>A frame is: payload length (4 bytes), kind (1), request id (4), payload; all little-endian.</summary>
internal static class Frame
{
    /// <summary>Changes when a runtime can no longer talk to the shims of the one before it.</summary>
    public const int ProtocolVersion = 1;

    public const int HeaderBytes = 9;

    /// <summary>Environment, mounts and a seccomp filter of one container stay far below this.</summary>
    public const int MaximumPayloadBytes = 16 << 20;

    public static byte[] Encode(MessageKind kind, int id, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[4] = (byte)kind;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    public static (int Length, MessageKind Kind, int Id) DecodeHeader(ReadOnlySpan<byte> header)
    {
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > MaximumPayloadBytes)
            throw new InvalidDataException($"a frame of {length} bytes is beyond the limit");
        return (length, (MessageKind)header[4], System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(header[5..]));
    }
}
