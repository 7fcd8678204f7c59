using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>A cgroup directory with the cgroups below it.</summary>
internal static class CgroupTree
{
    /// <summary>The directories, each after those below it.</summary>
    public static IEnumerable<string> DepthFirst(string directory)
    {
        string[] children;
        try
        {
            children = Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }

        foreach (var child in children)
        {
            foreach (var below in DepthFirst(child))
                yield return below;
        }

        yield return directory;
    }

    public static bool TryRemove(string directory)
    {
        // Nearly always there is nothing below.
        if (DirectoryCalls.TryRemove(directory) == 0)
            return true;
        var all = true;
        foreach (var below in DepthFirst(directory))
            all &= DirectoryCalls.TryRemove(below) == 0;
        return all;
    }
}
