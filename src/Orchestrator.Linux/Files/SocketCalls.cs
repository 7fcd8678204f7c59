using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>bind(2) and accept(2) of unix sockets, and recvmsg(2) with a descriptor in a control message (unix(7), SCM_RIGHTS).</summary>
public static unsafe partial class SocketCalls
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary>
    /// Listens on a unix socket in a directory. The directory is reached through its descriptor, so its path may be longer than
    /// the 107 bytes that unix(7) leaves room for.
    /// </summary>
    public static Descriptor ListenUnix(Descriptor directory, string name)
    {
        const int unix = 1;
        const int stream = 1;
        const int backlog = 64;
        const int addressBytes = 110;
        var path = System.Text.Encoding.UTF8.GetBytes(PathInDirectory(directory, name));
        var address = stackalloc byte[addressBytes];
        new Span<byte>(address, addressBytes).Clear();
        *(ushort*)address = unix;
        path.CopyTo(new Span<byte>(address + 2, addressBytes - 3));
        var number = socket(unix, stream | CloseOnExec, 0);
        if (number < 0)
            throw LinuxException.FromLastError("socket");
        var listener = new Descriptor(number);
        if (bind(number, address, addressBytes) == 0 && listen(number, backlog) == 0)
            return listener;
        var failure = LinuxException.FromLastError("bind", name);
        listener.Dispose();
        throw failure;
    }

    /// <summary>A short path to a file in an open directory, valid in this process while the directory is open.</summary>
    public static string PathInDirectory(Descriptor directory, string name) => $"/proc/self/fd/{directory.Number}/{name}";

    /// <returns>The connection, non-blocking, or null when none waits.</returns>
    public static Descriptor? TryAccept(Descriptor listener)
    {
        var result = accept4(listener.Number, 0, 0, NonBlocking | CloseOnExec);
        if (result >= 0)
            return new Descriptor(result);
        return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR or 103
            ? null
            : throw LinuxException.FromLastError("accept4");
    }

    /// <summary>Receives a message and the descriptor that came with it, if any.</summary>
    /// <returns>The length, 0 at the end, or a negated errno.</returns>
    public static int ReceiveWithDescriptor(Descriptor socket, Span<byte> buffer, out Descriptor? received)
    {
        const int controlBytes = 24;
        received = null;
        fixed (byte* data = buffer)
        {
            var vector = stackalloc nint[2];
            vector[0] = (nint)data;
            vector[1] = buffer.Length;
            var control = stackalloc long[controlBytes / 8];
            control[0] = 0;
            var message = stackalloc nint[7];
            new Span<nint>(message, 7).Clear();
            message[2] = (nint)vector;
            message[3] = 1;
            message[4] = (nint)control;
            message[5] = controlBytes;
            nint count;
            do
                count = recvmsg(socket.Number, message, 0x40000000);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (count < 0)
                return -Marshal.GetLastPInvokeError();
            if (message[5] >= 20 && control[0] >= 20)
                received = new Descriptor(((int*)control)[4]);
            return (int)count;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int socket, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int socket, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int listener, nint address, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, nint* message, int flags);
}
