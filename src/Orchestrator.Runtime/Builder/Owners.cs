using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

internal sealed record Owner(uint Uid, uint Gid);

/// <summary>Resolves "--chown=user:group" with the image's own /etc/passwd and /etc/group.</summary>
internal static class Owners
{
    /// <returns>Null for an empty text.</returns>
    /// <exception cref="InstructionException">A name that the image does not know.</exception>
    public static Owner? Resolve(string chown, SafeFileHandle root)
    {
        if (chown.Length == 0)
            return null;
        var parts = chown.Split(':', 2);
        var uid = Find(root, "etc/passwd", parts[0], "user");
        // Without a group the user's number is the group's too, as Docker documents it.
        var gid = parts.Length > 1 && parts[1].Length > 0 ? Find(root, "etc/group", parts[1], "group") : uid;
        return new Owner(uid, gid);
    }

    private static uint Find(SafeFileHandle root, string file, string name, string what)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        foreach (var line in Read(root, file).Split('\n'))
        {
            if (line.Split(':') is [var entry, _, var id, ..] && entry == name && uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number))
                return number;
        }

        throw new InstructionException($"--chown: the image has no {what} \"{name}\" in /{file}");
    }

    private static string Read(SafeFileHandle root, string path)
    {
        if (PathAt.Open(root, LayerTree.Bytes(path), OpenFlags.ReadOnly | OpenFlags.NonBlock, 0, ResolveFlags.InRoot, out var handle) != 0)
            return "";
        using var stream = new FileStream(handle!, FileAccess.Read);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
