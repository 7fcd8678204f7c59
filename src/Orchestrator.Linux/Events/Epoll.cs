using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Events;

[Flags]
public enum EpollEvents : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    OneShot = 1u << 30,
}

/// <summary>epoll(7). Not safe for concurrent use.</summary>
public sealed unsafe partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int MaximumEvents = 64;

    private readonly Descriptor descriptor;
    private readonly byte[] buffer = GC.AllocateArray<byte>(MaximumEvents * EventSize, pinned: true);

    public Epoll()
    {
        var result = epoll_create1((int)OpenFlags.CloseOnExec);
        descriptor = result >= 0 ? new Descriptor(result) : throw LinuxException.FromLastError("epoll_create1");
    }

    /// <summary>Bytes of the kernel's struct epoll_event: packed on x64, naturally aligned elsewhere.</summary>
    internal static int EventSize { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static int DataOffset => EventSize - 8;

    public void Watch(Descriptor target, EpollEvents events) => Control(Add, target, events);

    public void Change(Descriptor target, EpollEvents events) => Control(Modify, target, events);

    public void Forget(Descriptor target) => Control(Delete, target, EpollEvents.None);

    /// <summary>Waits until something happens and reports it: descriptor number and events.</summary>
    public int Wait(Span<(int Number, EpollEvents Events)> ready)
    {
        var limit = Math.Min(ready.Length, MaximumEvents);
        fixed (byte* start = buffer)
        {
            int count;
            do
                count = epoll_wait(descriptor.Number, start, limit, -1);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (count < 0)
                throw LinuxException.FromLastError("epoll_wait");
            for (var index = 0; index < count; index++)
            {
                var at = start + (index * EventSize);
                ready[index] = ((int)*(long*)(at + DataOffset), (EpollEvents)(*(uint*)at));
            }

            return count;
        }
    }

    public void Dispose() => descriptor.Dispose();

    private void Control(int operation, Descriptor target, EpollEvents events)
    {
        var raw = stackalloc byte[16];
        *(uint*)raw = (uint)events;
        *(long*)(raw + DataOffset) = target.Number;
        if (epoll_ctl(descriptor.Number, operation, target.Number, raw) != 0)
            throw LinuxException.FromLastError("epoll_ctl");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int maximum, int timeout);
}
