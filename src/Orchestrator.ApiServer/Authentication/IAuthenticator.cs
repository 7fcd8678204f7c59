using Microsoft.AspNetCore.Http;

namespace Orchestrator.ApiServer.Authentication;

/// <summary>
/// Finds out who makes a request from one kind of credential (client certificate, bearer token). Asked in order; the first that
/// recognises its credential decides. Called concurrently.
/// </summary>
public interface IAuthenticator
{
    /// <returns>
    /// <see cref="AuthenticationResult.None"/> when the request carries no credential of this kind,
    /// <see cref="AuthenticationResult.Failed"/> when it carries one that is not valid: the request is refused with 401 unless
    /// another authenticator accepts it.
    /// </returns>
    ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken);
}

/// <summary>What one authenticator says of a request.</summary>
/// <param name="User">The user when recognised.</param>
/// <param name="Error">Why the credential was refused; for the log, never sent to the client.</param>
public readonly record struct AuthenticationResult(UserInfo? User, string? Error)
{
    public static AuthenticationResult None => default;

    public static AuthenticationResult Failed(string error) => new(null, error);

    public static AuthenticationResult Accepted(UserInfo user) => new(user, null);
}
