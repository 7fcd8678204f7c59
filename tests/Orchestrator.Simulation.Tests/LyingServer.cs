using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Simulation.Tests;

/// <summary>Bugs of API servers, in the requests whose method, path and query match a pattern.</summary>
internal static class LyingServer
{
    /// <summary>Says something else than it would: of a watch line by line, of other answers as a whole.</summary>
    /// <param name="lie">What is said instead; null: nothing.</param>
    public static Sabotage Saying(string pattern, Func<string, string?> lie) => Doing(pattern, async (context, serve) =>
    {
        var prior = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var output = new Lines(prior.Stream, lie);
        context.Features.Set<IHttpResponseBodyFeature>(new Body(output, prior));
        await serve(context);
        output.End();
    });

    /// <summary>Works on a request as if it were another one.</summary>
    public static Sabotage Mistaking(string pattern, string method) => Doing(pattern, (context, serve) =>
    {
        context.Request.Method = method;
        return serve(context);
    });

    /// <summary>Does nothing and answers.</summary>
    public static Sabotage Answering(string pattern, int code, string body, Func<bool> lies) => Doing(pattern, (context, serve) =>
    {
        if (!lies())
            return serve(context);
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    });

    /// <summary>Does what it is asked, and then the same again to what that came to, whichever version was named.</summary>
    public static Sabotage Overwriting(string pattern, Func<string, string> again) => Doing(pattern, async (context, serve) =>
    {
        using var reader = new StreamReader(context.Request.Body);
        var asked = await reader.ReadToEndAsync();
        var prior = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(asked));
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new MemoryStream()));
        await serve(context);
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Regex.Replace(again(asked), "\"resourceVersion\":\"\\d+\",?", "")));
        context.Features.Set(prior);
        await serve(context);
    });

    private static Sabotage Doing(string pattern, Func<HttpContext, Func<HttpContext, Task>, Task> work) => new()
    {
        Server = serve => context =>
            Regex.IsMatch($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", pattern) ? work(context, serve) : serve(context),
    };

    private sealed class Body(Stream stream, IHttpResponseBodyFeature prior) : StreamResponseBodyFeature(stream, prior)
    {
        public override Task StartAsync(CancellationToken cancellationToken = default) => PriorFeature!.StartAsync(cancellationToken);
    }

    /// <summary>Holds back what is written until its line ends.</summary>
    private sealed class Lines(Stream inner, Func<string, string?> lie) : MemoryStream
    {
        private readonly ArrayBufferWriter<byte> held = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            held.Write(buffer);
            if (buffer.EndsWith("\n"u8))
                End();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer.AsSpan(offset, count));
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public void End()
        {
            var said = Encoding.UTF8.GetString(held.WrittenSpan);
            held.Clear();
            var lines = said.Split('\n');
            var told = string.Concat(lines.Select((line, index) => line.Length > 0 && lie(line) is { } one ? one + (index < lines.Length - 1 ? "\n" : "") : ""));
            if (told.Length > 0)
                inner.Write(Encoding.UTF8.GetBytes(told));
        }
    }
}
