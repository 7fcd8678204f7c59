namespace Orchestrator.ApiServer.Authentication;

/// <summary>A service account's names as user and groups.</summary>
internal static class ServiceAccountName
{
    public const string UserPrefix = "system:serviceaccount:";
    public const string AllGroup = "system:serviceaccounts";

    public static string UserName(string @namespace, string name) => $"{UserPrefix}{@namespace}:{name}";

    public static string[] Groups(string @namespace) => [AllGroup, $"{AllGroup}:{@namespace}"];

    /// <summary>The account a user name stands for; false when it is no service account's.</summary>
    public static bool TryParse(string userName, out string @namespace, out string name)
    {
        (@namespace, name) = ("", "");
        if (!userName.StartsWith(UserPrefix, StringComparison.Ordinal))
            return false;
        var rest = userName.AsSpan(UserPrefix.Length);
        var colon = rest.IndexOf(':');
        if (colon <= 0 || colon == rest.Length - 1)
            return false;
        (@namespace, name) = (rest[..colon].ToString(), rest[(colon + 1)..].ToString());
        return true;
    }
}
