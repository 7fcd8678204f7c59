namespace Orchestrator.Linux.Security;

/// <summary>
/// The filter of containers that ask for RuntimeDefault: the set of calls that container engines have agreed on. What is not
/// listed is refused with EPERM; a few calls come with the capability that guards them.
/// </summary>
public static class DefaultSeccompProfile
{
    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
    private const ulong NamespaceFlags = 0x7e020000;
    private const ulong VsockFamily = 40;

    // Personalities that change no more than the reported kernel (UNAME26) and address layout of 32-bit programs.
    private static readonly ulong[] Personalities = [0, 0x8, 0x20000, 0x20008, 0xffffffff];

    private const string Always = """
        accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown clock_adjtime clock_getres
        clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1
        epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group
        faccessat faccessat2 fadvise64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
        fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue futex_wait
        futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid
        getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit
        getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr getxattrat inotify_add_watch inotify_init
        inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit ioctl ioprio_get
        ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lgetxattr link linkat listen
        listxattr listxattrat llistxattr lremovexattr lseek lsetxattr lstat madvise map_shadow_stack membarrier memfd_create
        memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mprotect mq_getsetattr mq_notify mq_open
        mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall munmap
        name_to_handle_at nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc
        pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv
        process_vm_writev pselect6 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg
        recvmsg remap_file_pages removexattr removexattrat rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction
        rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
        sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
        sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl
        semget semop semtimedop sendfile sendmmsg sendmsg sendto set_robust_list set_thread_area set_tid_address setfsgid setfsuid
        setgid setgroups setitimer setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid
        setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 socketpair splice stat statfs statx
        symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
        timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink unlinkat
        utime utimensat utimes vfork vmsplice wait4 waitid write writev
        """;

    // arch_prctl and modify_ldt are x64's alone; elsewhere their names are unknown and left out.
    private const string OfArchitecture = "arch_prctl modify_ldt sync_file_range2";

    private static readonly (string Capability, string Calls)[] WithCapability =
    [
        ("DAC_READ_SEARCH", "open_by_handle_at"),
        ("SYS_ADMIN", """
            bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie listmount lsm_get_self_attr lsm_list_modules
            lsm_set_self_attr mount mount_setattr move_mount open_tree open_tree_attr perf_event_open quotactl quotactl_fd
            setdomainname sethostname setns statmount syslog umount umount2 unshare
            """),
        ("SYS_BOOT", "reboot"),
        ("SYS_CHROOT", "chroot"),
        ("SYS_MODULE", "delete_module finit_module init_module"),
        ("SYS_PACCT", "acct"),
        ("SYS_PTRACE", "kcmp pidfd_getfd process_madvise"),
        ("SYS_RAWIO", "ioperm iopl"),
        ("SYS_TIME", "clock_settime settimeofday stime"),
        ("SYS_TTY_CONFIG", "vhangup"),
        ("SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"),
        ("SYSLOG", "syslog"),
        ("BPF", "bpf"),
        ("PERFMON", "perf_event_open"),
    ];

    public static SeccompProfile For(CapabilitySet capabilities)
    {
        var rules = new List<SeccompRule>
        {
            new(SeccompAction.Allow, Split(Always)),
            new(SeccompAction.Allow, Split(OfArchitecture)),
            new(SeccompAction.Allow, ["socket"], [new SeccompCondition(0, SeccompComparison.NotEqual, VsockFamily)]),
        };
        foreach (var personality in Personalities)
            rules.Add(new SeccompRule(SeccompAction.Allow, ["personality"], [new SeccompCondition(0, SeccompComparison.Equal, personality)]));
        foreach (var (capability, calls) in WithCapability)
        {
            if (capabilities.Contains(capability))
                rules.Add(new SeccompRule(SeccompAction.Allow, Split(calls)));
        }

        if (!capabilities.Contains("SYS_ADMIN"))
        {
            // New processes and threads, but no new namespaces. clone3 hides its flags behind a pointer: "no such call" makes
            // libraries fall back to clone.
            rules.Add(new SeccompRule(
                SeccompAction.Allow, ["clone"], [new SeccompCondition(0, SeccompComparison.MaskedEqual, 0, NamespaceFlags)]));
            rules.Add(new SeccompRule(SeccompAction.Error(Errno.ENOSYS), "clone3"));
        }

        return new SeccompProfile(SeccompAction.Error(Errno.EPERM), rules);
    }

    private static string[] Split(string names) => names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
