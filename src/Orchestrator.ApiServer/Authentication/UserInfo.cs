namespace Orchestrator.ApiServer.Authentication;

/// <summary>Who makes a request, as an authenticator found out.</summary>
/// <param name="Name">User name, e.g. "system:node:node1".</param>
/// <param name="Uid">Unique identity behind the name; empty when the credential has none.</param>
/// <param name="Groups">Groups the user is in, e.g. "system:authenticated".</param>
/// <param name="Extra">Further facts of the credential, e.g. the pod a token is bound to.</param>
public sealed record UserInfo(string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    private static readonly Dictionary<string, IReadOnlyList<string>> NoExtra = [];

    /// <summary>The user of requests without a credential.</summary>
    public static UserInfo Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    /// <summary>The API server itself: bootstrap and its own reconciliations. Passes every authorization.</summary>
    public static UserInfo ApiServer { get; } = new("system:apiserver", ["system:masters", "system:authenticated"]);

    public UserInfo(string name, IReadOnlyList<string> groups)
        : this(name, "", groups, NoExtra)
    {
    }

    public bool IsInGroup(string group)
    {
        for (var i = 0; i < Groups.Count; i++)
        {
            if (Groups[i] == group)
                return true;
        }

        return false;
    }
}
