using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>accept(2), shutdown(2), and recvmsg(2) with a descriptor in a control message (unix(7), SCM_RIGHTS).</summary>
public static unsafe partial class SocketCalls
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

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
    private static partial int accept4(int listener, nint address, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, nint* message, int flags);
}
