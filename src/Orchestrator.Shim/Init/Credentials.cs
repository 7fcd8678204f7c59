using System.Text;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Init;

/// <summary>A user as numbers, with the home directory of its passwd entry.</summary>
internal sealed record Credentials(long Uid, long Gid, IReadOnlyList<long> Groups, string Home);

/// <summary>
/// The credentials in the form that a prepared program reads: three 64-bit numbers (uid, gid, count of groups), the groups as
/// 32-bit numbers, and the HOME variable. They travel as one message when they can be known only after the root is mounted.
/// </summary>
internal static class CredentialBlock
{
    public const int MaximumGroups = 256;
    public const int GroupsOffset = 24;
    public const int HomeOffset = GroupsOffset + (MaximumGroups * 4);
    public const int MaximumHomeBytes = 512;
    public const int Size = HomeOffset + MaximumHomeBytes;

    public static byte[] Encode(Credentials credentials)
    {
        var block = new byte[Size];
        BitConverter.TryWriteBytes(block, credentials.Uid);
        BitConverter.TryWriteBytes(block.AsSpan(8), credentials.Gid);
        var count = Math.Min(credentials.Groups.Count, MaximumGroups);
        BitConverter.TryWriteBytes(block.AsSpan(16), (long)count);
        for (var index = 0; index < count; index++)
            BitConverter.TryWriteBytes(block.AsSpan(GroupsOffset + (index * 4)), (uint)credentials.Groups[index]);
        var home = Encoding.UTF8.GetBytes("HOME=" + credentials.Home);
        var fitting = home.Length < MaximumHomeBytes ? home : "HOME=/"u8.ToArray();
        fitting.CopyTo(block.AsSpan(HomeOffset));
        return block;
    }
}

/// <summary>Finds the numbers of a user in the texts of passwd(5) and group(5). Broken lines are passed over.</summary>
internal static class UserResolver
{
    /// <exception cref="StartException">A name is not in the file.</exception>
    public static Credentials Resolve(UserSpec user, string passwd, string group)
    {
        var wanted = user.User.Length == 0 ? "0" : user.User;
        var entry = FindUser(passwd, wanted);
        if (entry is null && !IsNumber(wanted))
            throw new StartException("resolve user", 0, $"unable to find user {wanted}: no matching entries in passwd file");

        var uid = entry?.Uid ?? ParseNumber(wanted);
        var gid = user.Group is null ? entry?.Gid ?? 0 : ResolveGroup(group, user.Group);
        var groups = new List<long> { gid };
        AddAll(groups, user.Groups);
        if (user.MergeImageGroups && entry is not null)
            AddAll(groups, GroupsOf(group, entry.Name));
        return new Credentials(uid, gid, groups, entry is { Home.Length: > 0 } ? entry.Home : "/");
    }

    private static void AddAll(List<long> groups, IEnumerable<long> more)
    {
        foreach (var group in more)
        {
            if (!groups.Contains(group))
                groups.Add(group);
        }
    }

    private static long ResolveGroup(string text, string wanted)
    {
        if (IsNumber(wanted))
            return ParseNumber(wanted);
        foreach (var fields in Entries(text, 3))
        {
            if (fields[0] == wanted && IsNumber(fields[2]))
                return ParseNumber(fields[2]);
        }

        throw new StartException("resolve group", 0, $"unable to find group {wanted}: no matching entries in group file");
    }

    private static PasswdEntry? FindUser(string text, string wanted)
    {
        foreach (var fields in Entries(text, 4))
        {
            var matches = IsNumber(wanted) ? fields[2] == wanted : fields[0] == wanted;
            if (matches && IsNumber(fields[2]) && IsNumber(fields[3]))
                return new PasswdEntry(fields[0], ParseNumber(fields[2]), ParseNumber(fields[3]), fields.Length > 5 ? fields[5] : "");
        }

        return null;
    }

    private static IEnumerable<long> GroupsOf(string text, string user)
    {
        foreach (var fields in Entries(text, 4))
        {
            if (IsNumber(fields[2]) && Array.IndexOf(fields[3].Split(','), user) >= 0)
                yield return ParseNumber(fields[2]);
        }
    }

    private static IEnumerable<string[]> Entries(string text, int minimumFields)
    {
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Trim().Split(':');
            if (fields.Length >= minimumFields && !fields[0].StartsWith('#'))
                yield return fields;
        }
    }

    private static bool IsNumber(string text) =>
        uint.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _);

    private static long ParseNumber(string text) => uint.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private sealed record PasswdEntry(string Name, long Uid, long Gid, string Home);
}
