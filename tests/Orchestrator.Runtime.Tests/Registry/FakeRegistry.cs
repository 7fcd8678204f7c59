using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Registry;

/// <summary>A registry of one repository on loopback, with the faults that a test asks for.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;
    private int failuresLeft;

    public FakeRegistry()
    {
        Port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        listener.Start();
        serving = ServeAsync();
    }

    public int Port { get; }

    public string Name => $"127.0.0.1:{Port}/team/app";

    /// <summary>By "manifests/1", "blobs/sha256:…".</summary>
    public Dictionary<string, byte[]> Content { get; } = [];

    public Dictionary<string, string> ContentTypes { get; } = [];

    /// <summary>"basic" or "bearer".</summary>
    public string? Authorization { get; set; }

    public string Password { get; set; } = "secret";

    /// <summary>So many transfers of this path break off half-way.</summary>
    public (string Path, int Times) Break
    {
        set => (breakPath, failuresLeft) = value;
    }

    private string breakPath = "";

    public List<string> Requests { get; } = [];

    public void Add(string tag, byte[] manifest, string mediaType)
    {
        foreach (var selector in new[] { tag, TestImage.Sha(manifest) })
        {
            Content["manifests/" + selector] = manifest;
            ContentTypes["manifests/" + selector] = mediaType;
        }
    }

    /// <summary>Adds what an OCI layout holds under a tag.</summary>
    public byte[] AddImage(string tag, params byte[][] layers)
    {
        var files = TestImage.OciFiles(null, layers);
        byte[] manifest = [];
        foreach (var (path, bytes) in files.Where(f => f.Key.StartsWith("blobs/", StringComparison.Ordinal)))
        {
            Content["blobs/" + TestImage.Sha(bytes)] = bytes;
            if (Encoding.UTF8.GetString(bytes).Contains("\"layers\":[{", StringComparison.Ordinal))
                manifest = bytes;
        }

        Add(tag, manifest, "application/vnd.oci.image.manifest.v1+json");
        return manifest;
    }

    public void Dispose()
    {
        listener.Stop();
        serving.Wait();
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Url!.AbsolutePath;
        Requests.Add($"{request.HttpMethod} {request.Url.PathAndQuery} {request.Headers["Range"]}".TrimEnd());
        if (path == "/token")
            Token(request, response);
        else if (!IsAuthorized(request, response))
            response.StatusCode = 401;
        else if (Content.TryGetValue(path.Replace("/v2/team/app/", "", StringComparison.Ordinal), out var bytes))
            Send(request, response, path.Replace("/v2/team/app/", "", StringComparison.Ordinal), bytes);
        else
            response.StatusCode = 404;
        try
        {
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
        {
            response.Abort();
        }
    }

    private void Send(HttpListenerRequest request, HttpListenerResponse response, string path, byte[] bytes)
    {
        if (ContentTypes.TryGetValue(path, out var type))
            response.ContentType = type;
        var start = 0;
        if (request.Headers["Range"] is { } range)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'));
            response.StatusCode = 206;
        }

        response.ContentLength64 = bytes.Length - start;
        var isBroken = path == breakPath && failuresLeft-- > 0;
        response.OutputStream.Write(bytes, start, isBroken ? (bytes.Length - start) / 2 : bytes.Length - start);
        if (isBroken)
        {
            response.OutputStream.Flush();
            response.Abort();
        }
    }

    private bool IsAuthorized(HttpListenerRequest request, HttpListenerResponse response)
    {
        var expected = Authorization switch
        {
            null => null,
            "basic" => Basic(),
            _ => "Bearer good",
        };
        if (expected is null || request.Headers["Authorization"] == expected)
            return true;
        response.AddHeader("WWW-Authenticate", Authorization == "basic"
            ? "Basic realm=\"fake\""
            : $"Bearer realm=\"http://127.0.0.1:{Port}/token\",service=\"fake, the\",scope=\"repository:team/app:pull\"");
        return false;
    }

    private void Token(HttpListenerRequest request, HttpListenerResponse response)
    {
        if (request.Headers["Authorization"] is { } given && given != Basic())
        {
            response.StatusCode = 401;
            return;
        }

        response.OutputStream.Write("""{"token":"good","expires_in":60}"""u8);
    }

    private string Basic() => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Password));

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
