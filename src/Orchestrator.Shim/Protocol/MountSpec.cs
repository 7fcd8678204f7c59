namespace Orchestrator.Shim.Protocol;

internal enum MountKind : byte
{
    /// <summary>A host file or directory, with what is mounted below it.</summary>
    Bind = 0,

    /// <summary>A new file system: type, source, flags and data as mount(2) takes them.</summary>
    Filesystem = 1,

    /// <summary>The pod's shared memory file system.</summary>
    SharedMemory = 2,
}

/// <summary>How mounts made later pass between host and container: the MS_* bits of mount(2).</summary>
internal enum Propagation
{
    Private = 1 << 18,
    Slave = 1 << 19,
    Shared = 1 << 20,
}

/// <summary>One mount inside a container.</summary>
/// <param name="Target">Absolute path in the container; missing directories are made.</param>
/// <param name="Attributes">MOUNT_ATTR_* bits of mount_setattr(2) to set on a bind's own mount.</param>
/// <param name="RecursiveAttributes">The same, for the bind and every mount below it.</param>
/// <param name="Flags">MS_* bits, for a new file system.</param>
internal sealed record MountSpec(
    MountKind Kind, string Source, string Target, string Type, long Flags, string Data, long Attributes, long RecursiveAttributes,
    Propagation Propagation)
{
    public const long AttributeReadOnly = 1;
    public const long AttributeNoSetId = 2;
    public const long AttributeNoDevices = 4;
    public const long AttributeNoExecute = 8;

    public static MountSpec Bind(string source, string target, long attributes, long recursiveAttributes, Propagation propagation) =>
        new(MountKind.Bind, source, target, "", 0, "", attributes, recursiveAttributes, propagation);

    public static MountSpec Filesystem(string type, string source, string target, long flags, string data) =>
        new(MountKind.Filesystem, source, target, type, flags, data, 0, 0, Propagation.Private);

    public void Write(WireWriter writer)
    {
        writer.Byte((byte)Kind);
        writer.Text(Source);
        writer.Text(Target);
        writer.Text(Type);
        writer.Long(Flags);
        writer.Text(Data);
        writer.Long(Attributes);
        writer.Long(RecursiveAttributes);
        writer.Int((int)Propagation);
    }

    public static MountSpec Read(WireReader reader) => new(
        (MountKind)reader.Byte(), reader.Text(), reader.Text(), reader.Text(), reader.Long(), reader.Text(), reader.Long(),
        reader.Long(), (Propagation)reader.Int());
}

/// <summary>A device node to make in the container's /dev.</summary>
/// <param name="Type">'c' or 'b'.</param>
internal sealed record DeviceSpec(string Path, char Type, int Major, int Minor, int Mode, int Uid, int Gid)
{
    public void Write(WireWriter writer)
    {
        writer.Text(Path);
        writer.Byte((byte)Type);
        writer.Int(Major);
        writer.Int(Minor);
        writer.Int(Mode);
        writer.Int(Uid);
        writer.Int(Gid);
    }

    public static DeviceSpec Read(WireReader reader) => new(
        reader.Text(), (char)reader.Byte(), reader.Int(), reader.Int(), reader.Int(), reader.Int(), reader.Int());
}
