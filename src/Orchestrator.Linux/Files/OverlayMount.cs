using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>
/// An overlayfs mounted nowhere: fsopen(2), fsconfig(2) and fsmount(2) give a descriptor of its root, reachable through the
/// descriptor alone and gone when that is closed. Nothing shows in any mount namespace and nothing can be left behind.
/// </summary>
public static unsafe partial class OverlayMount
{
    private const long SysFsOpen = 430;
    private const long SysFsConfig = 431;
    private const long SysFsMount = 432;
    private const uint CloseOnExec = 1;
    private const uint SetString = 1;
    private const uint Create = 6;

    /// <param name="lower">Absolute paths, topmost first; at least one, and two when there is no upper.</param>
    /// <param name="upper">Takes the changes; null makes the mount read-only.</param>
    /// <param name="work">An empty directory beside <paramref name="upper"/>.</param>
    /// <exception cref="LinuxException">With the option that was refused.</exception>
    public static SafeFileHandle Open(IReadOnlyList<string> lower, string? upper, string? work)
    {
        using var context = FsOpen();
        SetLower(context, lower);
        if (upper is not null)
        {
            Set(context, "upperdir", upper);
            Set(context, "workdir", work!);
        }

        // Layers are plain directories to whoever reads them later: no features that need the other layers to make sense.
        Set(context, "redirect_dir", "off");
        Set(context, "metacopy", "off");
        Set(context, "index", "off");
        Check(Config(Descriptor(context), Create, null, null), "fsconfig overlay", "create");
        var mount = FsMount(Descriptor(context));
        if (mount < 0)
            throw LinuxException.FromLastError("fsmount", "overlay");
        using var handle = new SafeFileHandle((nint)mount, ownsHandle: true);
        // The descriptor of fsmount is a path only; a directory that can be read is wanted.
        var errno = PathAt.Open(handle, ".\0"u8, OpenFlags.Directory, 0, ResolveFlags.None, out var root);
        return errno == 0 ? root! : throw new LinuxException(errno, "open", "overlay");
    }

    /// <summary>
    /// One "lowerdir+" per layer, where a value may be 256 bytes; kernels before 6.8 know "lowerdir" alone, so there the layers
    /// are named by short paths of descriptors.
    /// </summary>
    private static void SetLower(SafeFileHandle context, IReadOnlyList<string> lower)
    {
        if (TrySet(context, "lowerdir+", lower[0]))
        {
            for (var i = 1; i < lower.Count; i++)
                Set(context, "lowerdir+", lower[i]);
            return;
        }

        var handles = lower.Select(PathAt.OpenDirectory).ToList();
        try
        {
            Set(context, "lowerdir", string.Join(':', handles.Select(h => $"/proc/self/fd/{Descriptor(h)}")));
        }
        finally
        {
            foreach (var handle in handles)
                handle.Dispose();
        }
    }

    private static SafeFileHandle FsOpen()
    {
        fixed (byte* name = "overlay\0"u8)
        {
            var fd = FsOpenCall(SysFsOpen, name, CloseOnExec);
            return fd < 0 ? throw LinuxException.FromLastError("fsopen", "overlay") : new SafeFileHandle((nint)fd, ownsHandle: true);
        }
    }

    private static void Set(SafeFileHandle context, string key, string value) =>
        Check(Config(Descriptor(context), SetString, key, value), "fsconfig overlay", $"{key}={value}");

    private static bool TrySet(SafeFileHandle context, string key, string value) => Config(Descriptor(context), SetString, key, value) == 0;

    private static long Config(int context, uint command, string? key, string? value) => FsConfigCall(SysFsConfig, context, command, key, value, 0);

    private static long FsMount(int context) => FsMountCall(SysFsMount, context, CloseOnExec, 0);

    private static void Check(long result, string call, string argument)
    {
        if (result < 0)
            throw LinuxException.FromLastError(call, argument);
    }

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long FsOpenCall(long number, byte* name, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long FsConfigCall(long number, int context, uint command, string? key, string? value, int aux);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long FsMountCall(long number, int context, uint flags, uint attributes);
}
