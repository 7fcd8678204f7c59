using System.Globalization;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Snapshots;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Bundles;

/// <summary>Joins what the image says of its process with what the pod says. Pure.</summary>
internal static class ProcessBuilder
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <exception cref="RuntimeException">Neither names a command.</exception>
    public static ProcessSpec Build(ContainerConfig config, OciImageConfig image, string? hostname)
    {
        var directory = string.IsNullOrEmpty(config.WorkingDirectory) ? image.WorkingDir : config.WorkingDirectory;
        return new ProcessSpec(
            BuildArguments(config, image), BuildEnvironment(config, image, hostname),
            string.IsNullOrEmpty(directory) ? "/" : Absolute(directory), config.Tty, config.Stdin, config.StdinOnce);
    }

    /// <summary>Whom the process runs as: the pod's choice, else the image's.</summary>
    public static UserSpec BuildUser(ContainerSecurity security, OciImageConfig image)
    {
        var (user, group) = security switch
        {
            { RunAsUser: { } uid } => (Number(uid), null),
            { RunAsUserName: { Length: > 0 } name } => (name, null),
            _ => Split(image.User ?? ""),
        };
        return new UserSpec(user, security.RunAsGroup is { } gid ? Number(gid) : group, security.SupplementalGroups, security.MergeImageGroups);
    }

    // A command replaces the image's entrypoint and its arguments; arguments alone replace only the image's arguments.
    private static IReadOnlyList<string> BuildArguments(ContainerConfig config, OciImageConfig image)
    {
        IReadOnlyList<string> arguments = config.Command.Count > 0
            ? [.. config.Command, .. config.Args]
            : [.. image.Entrypoint ?? [], .. config.Args.Count > 0 ? config.Args : image.Cmd ?? []];
        return arguments.Count > 0 && arguments[0].Length > 0
            ? arguments
            : throw new RuntimeException(RuntimeError.InvalidArgument, "no command specified: neither the container nor its image has one");
    }

    // Later settings of a name win, in the place of the first.
    private static List<string> BuildEnvironment(ContainerConfig config, OciImageConfig image, string? hostname)
    {
        var variables = new List<string>();
        var places = new Dictionary<string, int>();
        Set(DefaultPath);
        if (!string.IsNullOrEmpty(hostname))
            Set("HOSTNAME=" + hostname);
        if (config.Tty)
            Set("TERM=xterm");
        foreach (var variable in image.Env ?? [])
            Set(variable);
        foreach (var (name, value) in config.Environment)
            Set(name + "=" + value);
        return variables;

        void Set(string variable)
        {
            var name = variable.Split('=', 2)[0];
            if (places.TryGetValue(name, out var place))
            {
                variables[place] = variable;
                return;
            }

            places[name] = variables.Count;
            variables.Add(variable);
        }
    }

    private static (string User, string? Group) Split(string user)
    {
        var parts = user.Split(':', 2);
        return (parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : null);
    }

    private static string Absolute(string path) => path.StartsWith('/') ? path : "/" + path;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
