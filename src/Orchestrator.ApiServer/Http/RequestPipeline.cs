using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Http;

/// <summary>The way of every request: read, authenticate, authorize, route; and the one place where failures become a Status.</summary>
internal sealed partial class RequestPipeline(
    IApiServer server, IReadOnlyList<IAuthenticator> authenticators, RequestRouter router, IAuditLog? audit, ILogger<RequestPipeline> logger,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext http)
    {
        var started = server.Time.GetTimestamp();
        var context = new RequestContext { Server = server, Http = http, Received = server.Time.GetUtcNow(), Info = RequestInfoReader.Read(http.Request) };
        using var timeout = RequestRouter.IsLongRunning(server.Resources, context.Info) ? null : new CancellationTokenSource(server.Options.RequestTimeout, server.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout?.Token ?? stopping, http.RequestAborted);
        var cancellation = linked.Token;
        try
        {
            await AuthenticateAsync(context, cancellation);
            await AuthorizeAsync(context, cancellation);
            await router.RouteAsync(context, cancellation);
        }
        catch (ApiException error)
        {
            await ResponseWriter.SendErrorAsync(context, error, http.RequestAborted);
        }
        catch (StoreException error)
        {
            var told = HttpMethods.IsGet(http.Request.Method) ? StoreFailures.ToApi(error) : StoreFailures.ToApiForWrite(error);
            await ResponseWriter.SendErrorAsync(context, told, http.RequestAborted);
        }
        catch (OperationCanceledException) when (timeout?.IsCancellationRequested == true && !http.RequestAborted.IsCancellationRequested)
        {
            await ResponseWriter.SendErrorAsync(context, ApiErrors.Timeout("request did not complete within the allotted timeout"), http.RequestAborted);
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or IOException || http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to be told.
        }
        catch (BadHttpRequestException error)
        {
            await ResponseWriter.SendErrorAsync(context, ApiErrors.Make(error.StatusCode, StatusReason.BadRequest, error.Message, null), http.RequestAborted);
        }
        catch (Exception error)
        {
            LogFailed(error, http.Request.Method, context.Info.Path);
            await ResponseWriter.SendErrorAsync(context, ApiErrors.Internal(error.Message), http.RequestAborted);
        }
        finally
        {
            var elapsed = server.Time.GetElapsedTime(started);
            RequestMetrics.Record(context, http.Response.StatusCode, elapsed);
            audit?.RequestCompleted(context, http.Response.StatusCode, elapsed);
        }
    }

    private async ValueTask AuthenticateAsync(RequestContext context, CancellationToken cancellationToken)
    {
        string? fault = null;
        foreach (var authenticator in authenticators)
        {
            var result = await authenticator.AuthenticateAsync(context.Http!, cancellationToken);
            if (result.User is { } user)
            {
                context.User = user;
                return;
            }

            fault ??= result.Error;
        }

        if (fault is null)
            return;
        LogRefused(context.Info.Path, fault);
        throw ApiErrors.Unauthorized();
    }

    private async ValueTask AuthorizeAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var info = context.Info;
        var attributes = new AuthorizationAttributes
        {
            User = context.User,
            Verb = info.Verb,
            IsResourceRequest = info.IsResourceRequest,
            Group = info.Group,
            Version = info.Version,
            Resource = info.Resource,
            Subresource = info.Subresource,
            Namespace = info.Namespace,
            Name = info.Name,
            Path = info.Path,
            FieldSelector = info.FieldSelector,
            LabelSelector = info.LabelSelector,
        };
        var result = await server.Authorizer.AuthorizeAsync(attributes, cancellationToken);
        if (result.Decision == AuthorizationDecision.Allow)
            return;
        // Whoever did not say who they are is asked to, rather than told what they may not do.
        throw ReferenceEquals(context.User, UserInfo.Anonymous) ? ApiErrors.Unauthorized() : Forbidden.For(attributes, result.Reason);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(Exception error, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A credential for {Path} was refused: {Reason}")]
    private partial void LogRefused(string path, string reason);
}
