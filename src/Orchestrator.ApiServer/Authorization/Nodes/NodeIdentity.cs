using Orchestrator.ApiServer.Authentication;

namespace Orchestrator.ApiServer.Authorization.Nodes;

/// <summary>Recognises the kubelets among the users.</summary>
internal static class NodeIdentity
{
    public const string Group = "system:nodes";
    public const string UserPrefix = "system:node:";

    /// <summary>True for a member of system:nodes; <paramref name="node"/> is empty when its user name is not a node's.</summary>
    public static bool IsNode(UserInfo user, out string node)
    {
        node = "";
        if (!user.IsInGroup(Group))
            return false;
        if (user.Name.StartsWith(UserPrefix, StringComparison.Ordinal))
            node = user.Name[UserPrefix.Length..];
        return true;
    }
}
