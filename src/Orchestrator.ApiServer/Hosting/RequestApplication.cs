using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>
/// What Kestrel hands its requests to. Of what ASP.NET Core's host does around each request (an activity, a scope for logs, counters)
/// nothing is used here, and it costs each request several microseconds; so the server runs without that host.
/// </summary>
/// <param name="handle">Answers one request; its failures are its own matter.</param>
internal sealed class RequestApplication(Func<HttpContext, Task> handle) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // A connection keeps its context from one request to the next.
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> connection)
            return new DefaultHttpContext(contextFeatures);
        if (connection.HostContext is { } context)
            context.Initialize(contextFeatures);
        else
            connection.HostContext = context = new DefaultHttpContext(contextFeatures);
        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => handle(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
