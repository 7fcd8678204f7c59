using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Netlink;

/// <summary>
/// A netlink(7) socket. It belongs for ever to the network namespace of the thread that opened it, so it can be used from any
/// thread. Requests are answered by the kernel before send returns; nothing here waits for anything but the kernel.
/// Members are safe for concurrent use: one exchange runs at a time.
/// </summary>
/// <remarks>Every member throws <see cref="LinuxException"/> with the kernel's errno and, when given, its own explanation.</remarks>
public sealed partial class NetlinkSocket : IDisposable
{
    /// <summary>Dumps come in datagrams of at most 32 KiB; twice that leaves room.</summary>
    private const int ReceiveBufferBytes = 64 * 1024;

    private const int AfNetlink = 16;
    private const int SockRawCloseOnExec = 3 | 0x80000;
    private const int SolSocket = 1;
    private const int SoReceiveTimeout = 20;
    private const int SoSendBufferForce = 32;
    private const int SoReceiveBufferForce = 33;
    private const int SolNetlink = 270;
    private const int NetlinkCapAck = 10;
    private const int NetlinkExtAck = 11;
    private const int MsgDontWait = 0x40;

    /// <summary>The kernel answers at once; a silence this long (in seconds) is a fault, reported as EAGAIN.</summary>
    private const long AnswerTimeoutSeconds = 10;

    private readonly Lock _exchange = new();
    private readonly SafeFileHandle _socket;
    private readonly byte[] _receiveBuffer = new byte[ReceiveBufferBytes];
    private int _sendBufferBytes = 200 * 1024;
    private uint _sequence;

    private NetlinkSocket(SafeFileHandle socket) => _socket = socket;

    /// <summary>Handles one message of a dump.</summary>
    public delegate void MessageHandler(in NetlinkMessage message);

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static NetlinkSocket Open(NetlinkProtocol protocol)
    {
        var descriptor = socket(AfNetlink, SockRawCloseOnExec, (int)protocol);
        if (descriptor < 0)
            throw LinuxException.FromLastError("socket", $"AF_NETLINK {protocol}");
        var result = new NetlinkSocket(new SafeFileHandle(descriptor, ownsHandle: true));
        result.SetOption(SolNetlink, NetlinkCapAck, 1);
        result.SetOption(SolNetlink, NetlinkExtAck, 1);
        result.SetReceiveTimeout(AnswerTimeoutSeconds);
        return result;
    }

    /// <summary>
    /// Sends the messages of <paramref name="writer"/>, each of which asked for an acknowledgement, and waits for all of them.
    /// The kernel takes them one by one; later ones are tried even when an earlier one failed. The first error is thrown.
    /// </summary>
    /// <param name="describe">Names message number n for the error text.</param>
    public void Execute(NetlinkWriter writer, Func<int, string> describe)
    {
        lock (_exchange)
        {
            var first = Send(writer);
            LinuxException? failure = null;
            for (var answered = 0; answered < writer.MessageCount;)
            {
                var length = Receive(wait: true);
                foreach (var message in new NetlinkMessages(_receiveBuffer.AsSpan(0, length)))
                {
                    if (message.Type != NetlinkMessageType.Error || message.Sequence - first >= (uint)writer.MessageCount)
                        continue;
                    failure ??= ReadError(message, describe, (int)(message.Sequence - first));
                    answered++;
                }
            }
            if (failure is not null)
                throw failure;
        }
    }

    /// <summary>
    /// Sends an nfnetlink batch, which the kernel applies wholly or not at all. It answers with errors only, and has done so
    /// by the time send returns.
    /// </summary>
    public void ExecuteBatch(NetlinkWriter writer, Func<int, string> describe)
    {
        lock (_exchange)
        {
            var first = Send(writer);
            LinuxException? failure = null;
            for (int length; (length = Receive(wait: false)) > 0;)
            {
                foreach (var message in new NetlinkMessages(_receiveBuffer.AsSpan(0, length)))
                {
                    if (message.Type == NetlinkMessageType.Error)
                        failure ??= ReadError(message, describe, (int)(message.Sequence - first));
                }
            }
            if (failure is not null)
                throw failure;
        }
    }

    /// <summary>Sends one request and hands every message of the answer to <paramref name="handler"/>.</summary>
    public void Dump(NetlinkWriter writer, string description, MessageHandler handler)
    {
        lock (_exchange)
        {
            var sequence = Send(writer);
            while (true)
            {
                var length = Receive(wait: true);
                foreach (var message in new NetlinkMessages(_receiveBuffer.AsSpan(0, length)))
                {
                    if (message.Sequence != sequence)
                        continue;
                    if (message.Type == NetlinkMessageType.Done)
                        return;
                    if (message.Type == NetlinkMessageType.Error)
                    {
                        if (ReadError(message, _ => description, 0) is { } failure)
                            throw failure;
                        return;
                    }
                    handler(message);
                    if ((message.Flags & (ushort)NetlinkFlags.Multi) == 0)
                        return;
                }
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private uint Send(NetlinkWriter writer)
    {
        var first = _sequence + 1;
        var rest = writer.WrittenSpan;
        while (!rest.IsEmpty)
        {
            MemoryMarshal.Write(rest[8..], ++_sequence);
            rest = rest[(int)MemoryMarshal.Read<uint>(rest)..];
        }
        EnsureSendBuffer(writer.Length);
        DrainStaleAnswers();
        while (send(_socket, in MemoryMarshal.GetReference(writer.WrittenSpan), (nuint)writer.Length, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.FromLastError("send", $"{writer.Length} bytes to netlink");
        }
        return first;
    }

    /// <summary>A message must fit the send buffer as a whole; the option doubles what it is given.</summary>
    private void EnsureSendBuffer(int length)
    {
        if (length < _sendBufferBytes / 2)
            return;
        _sendBufferBytes = length * 2;
        SetOption(SolSocket, SoSendBufferForce, _sendBufferBytes);
        SetOption(SolSocket, SoReceiveBufferForce, _sendBufferBytes);
    }

    /// <summary>An exchange that ended with an exception may have left answers behind.</summary>
    private void DrainStaleAnswers()
    {
        while (Receive(wait: false) > 0)
        {
        }
    }

    private int Receive(bool wait)
    {
        while (true)
        {
            var length = recv(_socket, ref _receiveBuffer[0], (nuint)_receiveBuffer.Length, wait ? 0 : MsgDontWait);
            if (length >= 0)
                return (int)length;
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN && !wait)
                return 0;
            if (errno != Errno.EINTR)
                throw new LinuxException(errno, "recv", "netlink");
        }
    }

    /// <summary>struct nlmsgerr: the errno, the request's header, then NLMSGERR_ATTR_* when the kernel explains itself.</summary>
    private static LinuxException? ReadError(in NetlinkMessage message, Func<int, string> describe, int index)
    {
        const ushort attributesFollow = 0x200;
        const ushort capped = 0x100;
        const int fixedLength = 4 + NetlinkWriter.HeaderLength;
        var errno = message.Payload.Length >= 4 ? -MemoryMarshal.Read<int>(message.Payload) : Errno.EIO;
        if (errno == 0)
            return null;
        var detail = "";
        if ((message.Flags & attributesFollow) != 0 && message.Payload.Length >= fixedLength)
        {
            var echoed = (message.Flags & capped) != 0
                ? fixedLength
                : 4 + NetlinkWriter.Align((int)MemoryMarshal.Read<uint>(message.Payload[4..]));
            foreach (var attribute in new NetlinkAttributes(echoed <= message.Payload.Length ? message.Payload[echoed..] : []))
            {
                if (attribute.Type == 1)
                    detail = attribute.Text;
            }
        }
        return new LinuxException(errno, "netlink", describe(index), detail);
    }

    private void SetOption(int level, int name, int value)
    {
        if (setsockopt(_socket, level, name, in value, sizeof(int)) != 0)
            throw LinuxException.FromLastError("setsockopt", $"netlink {level} {name} {value}");
    }

    private void SetReceiveTimeout(long seconds)
    {
        var timeout = new TimeValue { Seconds = seconds };
        if (setsockopt(_socket, SolSocket, SoReceiveTimeout, in timeout, 16) != 0)
            throw LinuxException.FromLastError("setsockopt", "SO_RCVTIMEO");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeValue
    {
        public long Seconds;
        public long Microseconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int name, in int value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int name, in TimeValue value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeFileHandle socket, in byte buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeFileHandle socket, ref byte buffer, nuint length, int flags);
}
