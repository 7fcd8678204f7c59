using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Namespaces;

/// <summary>
/// network_namespaces(7): named namespaces, kept alive by a bind mount under /run/netns as ip-netns(8) does, and work inside a
/// namespace. A namespace belongs to a thread, so such work runs on a thread of its own that ends with it; sockets opened and
/// processes started there stay in the namespace.
/// </summary>
public static partial class NetworkNamespace
{
    public const string Directory = "/run/netns";

    private const int CloneNewNet = 0x40000000;
    private const ulong MsBind = 0x1000;
    private const ulong MsRecursive = 0x4000;
    private const ulong MsShared = 1 << 20;
    private const int MntDetach = 2;
    private const int OpenReadOnlyCloseOnExec = 0x80000;

    public static string PathOf(string name) => Path.Combine(Directory, name);

    public static bool Exists(string name) => File.Exists(PathOf(name)) && IsNamespace(PathOf(name));

    /// <summary>Names under /run/netns, whoever made them.</summary>
    public static IReadOnlyList<string> List() =>
        System.IO.Directory.Exists(Directory)
            ? [.. System.IO.Directory.EnumerateFiles(Directory).Select(path => Path.GetFileName(path))]
            : [];

    /// <summary>Creates a named namespace; its loopback is down. Does nothing if it exists.</summary>
    /// <exception cref="LinuxException">The kernel refused; nothing stays behind.</exception>
    public static void Create(string name)
    {
        if (Exists(name))
            return;
        PrepareDirectory();
        var path = PathOf(name);
        using (File.Open(path, FileMode.OpenOrCreate, FileAccess.Read))
        {
        }
        try
        {
            OnDedicatedThread(() =>
            {
                if (unshare(CloneNewNet) != 0)
                    throw LinuxException.FromLastError("unshare", "CLONE_NEWNET");
                if (mount("/proc/thread-self/ns/net", path, "none", (nuint)MsBind, 0) != 0)
                    throw LinuxException.FromLastError("mount", $"new network namespace -> {path}");
                return true;
            });
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Removes the name. The namespace itself goes when its last process and socket are gone.</summary>
    public static void Delete(string name)
    {
        var path = PathOf(name);
        if (umount2(path, MntDetach) != 0 && Marshal.GetLastPInvokeError() is not (Errno.EINVAL or Errno.ENOENT) and var errno)
            throw new LinuxException(errno, "umount2", path);
        File.Delete(path);
    }

    /// <summary>Opens a namespace by path, such as /run/netns/NAME or /proc/PID/ns/net.</summary>
    public static SafeFileHandle Open(string path)
    {
        var descriptor = open(path, OpenReadOnlyCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw LinuxException.FromLastError("open", path);
    }

    /// <summary>Runs <paramref name="work"/> on a thread inside the namespace and waits for it.</summary>
    public static T Run<T>(string path, Func<T> work)
    {
        using var handle = Open(path);
        return Run(handle, work);
    }

    public static void Run(string path, Action work) => Run(path, () =>
    {
        work();
        return true;
    });

    public static T Run<T>(SafeFileHandle handle, Func<T> work) => OnDedicatedThread(() =>
    {
        if (setns(handle, CloneNewNet) != 0)
            throw LinuxException.FromLastError("setns", "network namespace");
        return work();
    });

    /// <summary>A netlink socket that lives in the given namespace.</summary>
    public static NetlinkSocket OpenNetlink(SafeFileHandle handle, NetlinkProtocol protocol) =>
        Run(handle, () => NetlinkSocket.Open(protocol));

    private static T OnDedicatedThread<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "netns" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Shared, so that a name removed here does not live on in another process's mount namespace.</summary>
    private static void PrepareDirectory()
    {
        System.IO.Directory.CreateDirectory(Directory);
        if (mount("", Directory, "none", (nuint)(MsShared | MsRecursive), 0) == 0)
            return;
        if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINVAL)
            throw new LinuxException(errno, "mount", $"make {Directory} shared");
        if (mount(Directory, Directory, "none", (nuint)(MsBind | MsRecursive), 0) != 0)
            throw LinuxException.FromLastError("mount", $"{Directory} -> {Directory}");
        if (mount("", Directory, "none", (nuint)(MsShared | MsRecursive), 0) != 0)
            throw LinuxException.FromLastError("mount", $"make {Directory} shared");
    }

    /// <summary>A name whose bind mount is gone (after a reboot, say) is a plain empty file.</summary>
    private static bool IsNamespace(string path)
    {
        const long nsfsMagic = 0x6e736673;
        Span<long> statistics = stackalloc long[32];
        return statfs(path, ref statistics[0]) == 0 && statistics[0] == nsfsMagic;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle handle, int type);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, ref long buffer);
}
