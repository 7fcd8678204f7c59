using System.Runtime.InteropServices;

namespace Orchestrator.Linux;

/// <summary>
/// Numbers of the system calls made through syscall(2): those that libc does not wrap, and those of a prepared program that
/// runs where only raw calls may be made. x64 first, arm64 (the kernel's generic table) second.
/// </summary>
public static class SyscallNumber
{
    private static readonly bool IsArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static readonly int Read = Of(0, 63);
    public static readonly int Write = Of(1, 64);
    public static readonly int Close = Of(3, 57);
    public static readonly int Ioctl = Of(16, 29);
    public static readonly int RtSigaction = Of(13, 134);
    public static readonly int RtSigprocmask = Of(14, 135);
    public static readonly int RtSigtimedwait = Of(128, 137);
    public static readonly int Sendmsg = Of(46, 211);
    public static readonly int Wait4 = Of(61, 260);
    public static readonly int Chdir = Of(80, 49);
    public static readonly int Fchdir = Of(81, 50);
    public static readonly int Fcntl = Of(72, 25);
    public static readonly int Umask = Of(95, 166);
    public static readonly int Setgroups = Of(116, 159);
    public static readonly int Setresuid = Of(117, 147);
    public static readonly int Setresgid = Of(119, 149);
    public static readonly int Setsid = Of(112, 157);
    public static readonly int Capget = Of(125, 90);
    public static readonly int Capset = Of(126, 91);
    public static readonly int PivotRoot = Of(155, 41);
    public static readonly int Prctl = Of(157, 167);
    public static readonly int Mount = Of(165, 40);
    public static readonly int Umount2 = Of(166, 39);
    public static readonly int Sethostname = Of(170, 161);
    public static readonly int ExitGroup = Of(231, 94);
    public static readonly int OpenAt = Of(257, 56);
    public static readonly int MkdirAt = Of(258, 34);
    public static readonly int MknodAt = Of(259, 33);
    public static readonly int FchownAt = Of(260, 54);
    public static readonly int SymlinkAt = Of(266, 36);
    public static readonly int FchmodAt = Of(268, 53);
    public static readonly int Unshare = Of(272, 97);
    public static readonly int Dup3 = Of(292, 24);
    public static readonly int Prlimit64 = Of(302, 261);
    public static readonly int Setns = Of(308, 268);
    public static readonly int Seccomp = Of(317, 277);
    public static readonly int Bpf = Of(321, 280);
    public static readonly int Execve = Of(59, 221);
    public static readonly int Keyctl = Of(250, 219);
    public static readonly int PidfdSendSignal = 424;
    public static readonly int OpenTree = 428;
    public static readonly int MoveMount = 429;
    public static readonly int Fsopen = 430;
    public static readonly int Fsconfig = 431;
    public static readonly int Fsmount = 432;
    public static readonly int PidfdOpen = 434;
    public static readonly int Clone3 = 435;
    public static readonly int CloseRange = 436;
    public static readonly int OpenAt2 = 437;
    public static readonly int MountSetattr = 442;

    private static int Of(int x64, int arm64) => IsArm64 ? arm64 : x64;
}
