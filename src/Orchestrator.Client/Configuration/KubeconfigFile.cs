using System.Text;
using Orchestrator.Linux.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Client.Configuration;

/// <summary>
/// One kubeconfig file as a tree that can be changed in places: entries this program does not know stay as they are (comments do
/// not survive). Not for concurrent use.
/// </summary>
public sealed class KubeconfigFile
{
    private readonly YamlMappingNode root;

    private KubeconfigFile(string path, YamlMappingNode root)
    {
        Path = path;
        this.root = root;
    }

    public string Path { get; }

    public string? CurrentContext
    {
        get => root.Text("current-context");
        set => root.Set("current-context", value ?? "");
    }

    /// <summary>Reads a file; one that does not exist is empty.</summary>
    /// <exception cref="KubeconfigException">It is not a kubeconfig, or may not be read.</exception>
    public static KubeconfigFile Load(string path)
    {
        try
        {
            return new KubeconfigFile(path, File.Exists(path) ? Parse(File.ReadAllText(path), path) : Empty());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The body of a named entry of "clusters", "users" or "contexts"; null when there is none.</summary>
    internal YamlMappingNode? Find(string list, string name) =>
        Named(list, name)?.Child(list.TrimEnd('s')) as YamlMappingNode;

    internal IEnumerable<string> Names(string list) => Entries(list).Select(e => e.Text("name") ?? "");

    public void SetCluster(string name, Uri server, string certificateAuthorityPem)
    {
        var body = new YamlMappingNode();
        body.SetBase64("certificate-authority-data", certificateAuthorityPem);
        body.Set("server", server.GetLeftPart(UriPartial.Authority));
        Put("clusters", name, body);
    }

    public void SetUser(string name, string clientCertificatePem, string clientKeyPem)
    {
        var body = new YamlMappingNode();
        body.SetBase64("client-certificate-data", clientCertificatePem);
        body.SetBase64("client-key-data", clientKeyPem);
        Put("users", name, body);
    }

    public void SetUser(string name, string token)
    {
        var body = new YamlMappingNode();
        body.Set("token", token);
        Put("users", name, body);
    }

    public void SetContext(string name, string cluster, string user, string? @namespace = null)
    {
        var body = new YamlMappingNode();
        body.Set("cluster", cluster);
        if (@namespace is not null)
            body.Set("namespace", @namespace);
        body.Set("user", user);
        Put("contexts", name, body);
    }

    /// <summary>Removes a context with the cluster and the user of the same name; the current context is unset if it was this one.</summary>
    /// <returns>False when nothing of that name was there.</returns>
    public bool Remove(string name)
    {
        var removed = false;
        foreach (var list in (string[])["contexts", "clusters", "users"])
        {
            if (Named(list, name) is { } entry)
                removed |= ((YamlSequenceNode)root.Child(list)!).Children.Remove(entry);
        }

        if (CurrentContext == name)
            CurrentContext = "";
        return removed;
    }

    /// <summary>Replaces the file in one step, readable by its owner only: it holds keys.</summary>
    public void Save()
    {
        var link = File.Exists(Path) ? File.ResolveLinkTarget(Path, returnFinalTarget: true) : null;
        var target = link?.FullName ?? System.IO.Path.GetFullPath(Path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!, DurableFile.OwnerOnly | UnixFileMode.UserExecute);
        DurableFile.Replace(target, Encoding.UTF8.GetBytes(ToText()));
    }

    public string ToText()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        // The library ends a document with a mark that kubectl does not write.
        return writer.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal);
    }

    private void Put(string list, string name, YamlMappingNode body)
    {
        var entry = new YamlMappingNode();
        entry.Children[new YamlScalarNode(list.TrimEnd('s'))] = body;
        entry.Set("name", name);
        if (root.Child(list) is not YamlSequenceNode entries)
            root.Children[new YamlScalarNode(list)] = entries = new YamlSequenceNode();
        var at = Named(list, name) is { } old ? entries.Children.IndexOf(old) : -1;
        if (at < 0)
            entries.Add(entry);
        else
            entries.Children[at] = entry;
    }

    private YamlMappingNode? Named(string list, string name) => Entries(list).FirstOrDefault(e => e.Text("name") == name);

    private IEnumerable<YamlMappingNode> Entries(string list) =>
        root.Child(list) is YamlSequenceNode entries ? entries.OfType<YamlMappingNode>() : [];

    private static YamlMappingNode Parse(string text, string path)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new KubeconfigException($"{path} is not valid YAML: {e.Message}", e);
        }

        if (stream.Documents.Count == 0)
            return Empty();
        return stream.Documents[0].RootNode as YamlMappingNode
            ?? throw new KubeconfigException($"{path} is not a kubeconfig: its content is not a map");
    }

    private static YamlMappingNode Empty()
    {
        var root = new YamlMappingNode();
        root.Set("apiVersion", "v1");
        root.Set("kind", "Config");
        return root;
    }
}
