using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Authentication;

/// <summary>
/// Asks the authenticators in turn; then, if the request has Impersonate headers (kubectl --as), lets the user act as another if
/// it is allowed to impersonate each part of that identity.
/// </summary>
internal sealed class Impersonation(IReadOnlyList<IAuthenticator> inner, Func<IAuthorizer> authorizer) : IAuthenticator
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";

    public async ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var result = AuthenticationResult.None;
        foreach (var authenticator in inner)
        {
            var answer = await authenticator.AuthenticateAsync(http, cancellationToken);
            if (answer.User is not null)
                return await ImpersonateAsync(http, answer, cancellationToken);
            if (answer.Error is not null)
                result = answer;
        }

        return result.Error is null && IsWanted(http) ? await ImpersonateAsync(http, AuthenticationResult.Accepted(UserInfo.Anonymous), cancellationToken) : result;
    }

    private static bool IsWanted(HttpContext http)
    {
        foreach (var header in http.Request.Headers)
        {
            if (header.Key.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private async ValueTask<AuthenticationResult> ImpersonateAsync(HttpContext http, AuthenticationResult answer, CancellationToken cancellationToken)
    {
        if (!IsWanted(http))
            return answer;
        var requester = answer.User!;
        var headers = http.Request.Headers;
        var name = headers[UserHeader].ToString();
        var groups = headers[GroupHeader].Where(group => !string.IsNullOrEmpty(group)).Select(group => group!).ToList();
        var uid = headers[UidHeader].ToString();
        if (name.Length == 0)
            throw ApiErrors.Internal("requested impersonation of groups, uid or extra without impersonating a user");

        await RequireAsync(requester, IdentityOf(name), cancellationToken);
        foreach (var group in groups)
            await RequireAsync(requester, new("", "groups", "", "", group), cancellationToken);
        if (uid.Length > 0)
            await RequireAsync(requester, new("authentication.k8s.io", "uids", "", "", uid), cancellationToken);
        var extra = ExtraOf(headers);
        foreach (var (key, values) in extra)
        {
            foreach (var value in values)
                await RequireAsync(requester, new("authentication.k8s.io", "userextras", key, "", value), cancellationToken);
        }

        return AuthenticationResult.Accepted(new UserInfo(name, uid, AllGroups(name, groups), extra));
    }

    private static Part IdentityOf(string name) => ServiceAccountName.TryParse(name, out var @namespace, out var account)
        ? new Part("", "serviceaccounts", "", @namespace, account)
        : new Part("", "users", "", "", name);

    private static Dictionary<string, IReadOnlyList<string>> ExtraOf(IHeaderDictionary headers)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var header in headers)
        {
            if (header.Key.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
                extra[Uri.UnescapeDataString(header.Key[ExtraPrefix.Length..].ToLowerInvariant())] = [.. header.Value.Select(value => value ?? "")];
        }

        return extra;
    }

    private static IReadOnlyList<string> AllGroups(string name, List<string> groups)
    {
        if (groups.Count == 0 && ServiceAccountName.TryParse(name, out var @namespace, out _))
            groups.AddRange(ServiceAccountName.Groups(@namespace));
        if (name == UserInfo.Anonymous.Name)
            return groups.Contains("system:unauthenticated") ? groups : [.. groups, "system:unauthenticated"];
        return groups.Contains("system:authenticated") ? groups : [.. groups, "system:authenticated"];
    }

    private async ValueTask RequireAsync(UserInfo requester, Part part, CancellationToken cancellationToken)
    {
        var attributes = new AuthorizationAttributes
        {
            User = requester, Verb = "impersonate", Group = part.Group, Version = "v1", Resource = part.Resource, Subresource = part.Subresource,
            Namespace = part.Namespace, Name = part.Name,
        };
        var result = await authorizer().AuthorizeAsync(attributes, cancellationToken);
        if (result.Decision != AuthorizationDecision.Allow)
            throw Forbidden.For(attributes, result.Reason);
    }

    private readonly record struct Part(string Group, string Resource, string Subresource, string Namespace, string Name);
}
