using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>An open file descriptor, closed when disposed. All are made with O_CLOEXEC.</summary>
public sealed partial class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor(int number)
        : base(ownsHandle: true)
    {
        SetHandle(number);
    }

    /// <summary>The number, for calls that take it raw. An error once the descriptor is closed, as the number may be another file by then.</summary>
    public int Number => IsClosed ? throw new ObjectDisposedException(nameof(Descriptor)) : (int)handle;

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [System.Runtime.InteropServices.LibraryImport("libc")]
    private static partial int close(int descriptor);
}
