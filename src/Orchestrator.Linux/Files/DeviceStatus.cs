namespace Orchestrator.Linux.Files;

/// <summary>A device node: 'c' or 'b', its numbers, permissions (the low 12 bits of its mode) and owner.</summary>
public sealed record DeviceStatus(char Type, int Major, int Minor, int Permissions, int Uid, int Gid)
{
    /// <returns>Null when the path is absent or no device. A link is not followed.</returns>
    public static DeviceStatus? TryRead(string path)
    {
        using var root = PathAt.OpenDirectory("/");
        var relative = System.Text.Encoding.UTF8.GetBytes(path.TrimStart('/') + '\0');
        if (PathAt.Status(root, relative, out var status) != 0 || status.Kind is not (FileKind.CharacterDevice or FileKind.BlockDevice))
            return null;
        return new DeviceStatus(
            status.Kind == FileKind.BlockDevice ? 'b' : 'c', (int)status.DeviceMajor, (int)status.DeviceMinor, (int)status.Permissions,
            (int)status.Uid, (int)status.Gid);
    }
}
