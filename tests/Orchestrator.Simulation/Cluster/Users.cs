using Orchestrator.ApiServer.Authentication;

namespace Orchestrator.Simulation.Cluster;

/// <summary>Who may come in, and by which token. With the rights that such users have in a real cluster.</summary>
internal static class Users
{
    public const string Person = "token-person";
    public const string Controllers = "token-controllers";
    public const string Scheduler = "token-scheduler";

    public static string Node(string name) => "token-" + name;

    public static IReadOnlyDictionary<string, UserInfo> All(IEnumerable<string> nodes)
    {
        var users = new Dictionary<string, UserInfo>
        {
            [Person] = new("kubernetes-admin", ["system:masters", "system:authenticated"]),
            [Controllers] = new("system:kube-controller-manager", ["system:authenticated"]),
            [Scheduler] = new("system:kube-scheduler", ["system:authenticated"]),
        };
        foreach (var node in nodes)
            users.Add(Node(node), new UserInfo("system:node:" + node, ["system:nodes", "system:authenticated"]));
        return users;
    }
}
