using System.Globalization;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Shim.Init;

/// <summary>The vocabulary of prepared programs: small groups of system calls under the names of their manual pages.</summary>
internal static unsafe class Calls
{
    public const int MountReadOnly = 1;
    public const int MountBind = 4096;
    public const int MountRecursive = 16384;
    public const int MountPrivate = 1 << 18;

    private const int AtCurrentDirectory = -100;
    private const int AtEmptyPath = 0x1000;
    private const int AtRecursive = 0x8000;
    private const int OpenTreeClone = 1;
    private const int MoveMountFromEmptyPath = 4;
    private const int MoveMountToFollowsLinks = 0x10;
    private const int DetachOnUnmount = 2;

    public static Slot Open(this StepProgram program, string path, OpenFlags flags) => program.CallForResult(
        $"open {path}", SyscallNumber.OpenAt, [AtCurrentDirectory, program.Text(path), (int)(flags | OpenFlags.CloseOnExec), 0]);

    /// <summary>Writes a text to a control file in one write(2).</summary>
    public static void WriteFile(this StepProgram program, string path, string text, params ReadOnlySpan<int> tolerated)
    {
        var file = program.Open(path, OpenFlags.WriteOnly);
        program.Call($"write {text} to {path}", SyscallNumber.Write, [file, program.Text(text), text.Length], tolerated);
        program.Call($"close {path}", SyscallNumber.Close, [file]);
    }

    public static void MakeDirectory(this StepProgram program, string path, int mode) => program.Call(
        $"mkdir {path}", SyscallNumber.MkdirAt, [AtCurrentDirectory, program.Text(path), mode], Errno.EEXIST, Errno.EROFS);

    private static void MakeDirectoryOnce(this StepProgram program, string path)
    {
        if (program.NoteDirectory(path))
            program.MakeDirectory(path, 0x1ed);
    }

    /// <summary>Makes a directory and what is missing above it.</summary>
    public static void MakeDirectories(this StepProgram program, string path)
    {
        for (var end = path.IndexOf('/', 1); end > 0; end = path.IndexOf('/', end + 1))
            program.MakeDirectoryOnce(path[..end]);
        if (path.Length > 1)
            program.MakeDirectoryOnce(path);
    }

    /// <summary>Makes an empty regular file to mount on, and what is missing above it. What is there already is left alone.</summary>
    public static void MakeMountPointFile(this StepProgram program, string path)
    {
        const int regularFile = 0x8000 | 0x1a4;
        if (path.LastIndexOf('/') is > 0 and var end)
            program.MakeDirectories(path[..end]);
        program.Call(
            $"create {path}", SyscallNumber.MknodAt, [AtCurrentDirectory, program.Text(path), regularFile, 0], Errno.EEXIST, Errno.EROFS);
    }

    public static void MakeNode(this StepProgram program, string path, int typeAndMode, long device) => program.Call(
        $"mknod {path}", SyscallNumber.MknodAt, [AtCurrentDirectory, program.Text(path), typeAndMode, device], Errno.EEXIST);

    public static void ChangeOwner(this StepProgram program, string path, int uid, int gid) => program.Call(
        $"chown {path}", SyscallNumber.FchownAt, [AtCurrentDirectory, program.Text(path), uid, gid, 0]);

    public static void Symlink(this StepProgram program, string target, string path) => program.Call(
        $"symlink {path}", SyscallNumber.SymlinkAt, [program.Text(target), AtCurrentDirectory, program.Text(path)], Errno.EEXIST);

    public static void Mount(
        this StepProgram program, string source, string target, string? type, long flags, string? data, params ReadOnlySpan<int> tolerated)
    {
        program.Call(
            $"mount {type ?? source} on {target}", SyscallNumber.Mount,
            [program.Text(source), program.Text(target), program.TextOrNull(type), flags, program.TextOrNull(data)], tolerated);
        program.NoteMount(target);
    }

    /// <summary>Takes a copy of a mount, with all below it, that hangs nowhere yet.</summary>
    public static Slot CopyMountTree(this StepProgram program, string path) => program.CallForResult(
        $"open_tree {path}", SyscallNumber.OpenTree,
        [AtCurrentDirectory, program.Text(path), OpenTreeClone | (int)OpenFlags.CloseOnExec | AtRecursive]);

    /// <summary>Hangs a copied mount at a path.</summary>
    public static void AttachMount(this StepProgram program, Slot mount, string target)
    {
        program.Call(
            $"mount on {target}", SyscallNumber.MoveMount,
            [mount, program.Text(""), AtCurrentDirectory, program.Text(target), MoveMountFromEmptyPath | MoveMountToFollowsLinks]);
        program.NoteMount(target);
    }

    /// <summary>Sets MOUNT_ATTR_* bits and a propagation on a mount held by descriptor.</summary>
    public static void SetMountAttributes(
        this StepProgram program, string description, Slot mount, long attributes, long propagation, bool recursive)
    {
        program.Call(
            $"mount_setattr {description}", SyscallNumber.MountSetattr,
            [mount, program.Text(""), AtEmptyPath | (recursive ? AtRecursive : 0), program.AttributeBlock(attributes, propagation), 32]);
    }

    /// <summary>Sets MOUNT_ATTR_* bits on the mount at a path.</summary>
    public static void SetMountAttributes(
        this StepProgram program, string path, long attributes, bool recursive, params ReadOnlySpan<int> tolerated)
    {
        program.Call(
            $"mount_setattr {path}", SyscallNumber.MountSetattr,
            [AtCurrentDirectory, program.Text(path), recursive ? AtRecursive : 0, program.AttributeBlock(attributes, 0), 32], tolerated);
    }

    /// <summary>Makes a mount point the root of the mount namespace and lets go of the old root (pivot_root(2), NOTES).</summary>
    public static void PivotInto(this StepProgram program, string mountPoint)
    {
        program.NoteMount("/");
        program.Call($"chdir {mountPoint}", SyscallNumber.Chdir, [program.Text(mountPoint)]);
        program.Call("pivot_root", SyscallNumber.PivotRoot, [program.Text("."), program.Text(".")]);
        program.Call("umount the old root", SyscallNumber.Umount2, [program.Text("."), DetachOnUnmount]);
        program.Call("chdir /", SyscallNumber.Chdir, [program.Text("/")]);
    }

    public static void EnterNamespace(this StepProgram program, string description, Argument descriptor, long kinds) =>
        program.Call($"setns {description}", SyscallNumber.Setns, [descriptor, kinds]);

    public static void Duplicate(this StepProgram program, Argument from, int to) =>
        program.Call(string.Create(CultureInfo.InvariantCulture, $"dup3 to {to}"), SyscallNumber.Dup3, [from, to, 0]);

    public static void Control(this StepProgram program, string description, int option, Argument value, params ReadOnlySpan<int> tolerated) =>
        program.Call($"prctl {description}", SyscallNumber.Prctl, [option, value, 0, 0, 0], tolerated);

    /// <summary>Gives an open file to a user; files that have no owner to change are left as they are.</summary>
    public static void GiveTo(this StepProgram program, int descriptor, Argument uid) => program.Call(
        "fchown of a standard stream", SyscallNumber.FchownAt, [descriptor, program.Text(""), uid, -1, AtEmptyPath],
        Errno.EPERM, Errno.EROFS, Errno.EINVAL);

    private static Argument TextOrNull(this StepProgram program, string? text) => text is null ? 0 : program.Text(text);

    private static byte* AttributeBlock(this StepProgram program, long attributes, long propagation)
    {
        // struct mount_attr: attr_set, attr_clr, propagation, userns_fd.
        var block = (long*)program.Zeroed(32);
        block[0] = attributes;
        block[2] = propagation;
        return (byte*)block;
    }
}
