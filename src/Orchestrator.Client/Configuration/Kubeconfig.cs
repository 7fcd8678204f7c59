using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Client.Configuration;

/// <summary>
/// What one or several kubeconfig files say together, as kubectl reads them: of two entries with one name the first counts, and so
/// does the first current context.
/// </summary>
public sealed class Kubeconfig
{
    private readonly IReadOnlyList<KubeconfigFile> files;

    private Kubeconfig(IReadOnlyList<KubeconfigFile> files) => this.files = files;

    /// <summary>The file named by a flag, else those of the variable KUBECONFIG, else ~/.kube/config.</summary>
    /// <param name="environment">Reads a variable; <see cref="Environment.GetEnvironmentVariable(string)"/> in a program.</param>
    /// <exception cref="KubeconfigException">A file is malformed, or the one named by the flag does not exist.</exception>
    public static Kubeconfig Load(string? flag, Func<string, string?> environment)
    {
        if (!string.IsNullOrEmpty(flag) && !File.Exists(flag))
            throw new KubeconfigException($"the kubeconfig {flag} does not exist");
        return new Kubeconfig([.. PathsOf(flag, environment).Select(KubeconfigFile.Load)]);
    }

    /// <summary>The file that new entries go to: the flag's, else the first of KUBECONFIG, else ~/.kube/config.</summary>
    public static string PathToWrite(string? flag, Func<string, string?> environment) => PathsOf(flag, environment)[0];

    public string? CurrentContext => files.Select(f => f.CurrentContext).FirstOrDefault(c => !string.IsNullOrEmpty(c));

    public IReadOnlyList<string> ContextNames => [.. files.SelectMany(f => f.Names("contexts")).Distinct()];

    /// <summary>The namespace of a context; "default" when it names none.</summary>
    public string NamespaceOf(string? context = null) =>
        Find("contexts", ContextName(context)).Body.Text("namespace") is { Length: > 0 } name ? name : "default";

    /// <summary>How to reach the cluster of a context, as its user.</summary>
    /// <param name="context">Null for the current one.</param>
    /// <exception cref="KubeconfigException">The context or what it points at is missing or unusable.</exception>
    public ApiClientOptions ToClientOptions(string component, string? context = null)
    {
        var name = ContextName(context);
        var (_, body) = Find("contexts", name);
        var (clusterFile, cluster) = Find("clusters", body.Text("cluster") ?? "");
        var server = cluster.Text("server") is { } text && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : throw new KubeconfigException($"cluster \"{body.Text("cluster")}\" in {clusterFile.Path} has no valid server");
        var options = new ApiClientOptions
        {
            Server = server, Component = component, TlsServerName = cluster.Text("tls-server-name"),
            InsecureSkipTlsVerify = cluster.Text("insecure-skip-tls-verify") == "true",
            CertificateAuthorities = Authorities(clusterFile, cluster),
        };
        return string.IsNullOrEmpty(body.Text("user")) ? options : WithUser(options, body.Text("user")!);
    }

    private ApiClientOptions WithUser(ApiClientOptions options, string name)
    {
        var (file, user) = Find("users", name);
        foreach (var unsupported in (string[])["exec", "auth-provider"])
        {
            if (user.Child(unsupported) is not null)
                throw new KubeconfigException($"user \"{name}\" in {file.Path} uses \"{unsupported}\", which is not supported: use a client certificate or a token");
        }

        return options with
        {
            ClientCertificate = ClientCertificate(file, user, name),
            BearerToken = user.Text("token"),
            BearerTokenFile = user.Text("tokenFile") is { } path ? Resolve(file, path) : null,
        };
    }

    private string ContextName(string? context) =>
        context ?? CurrentContext ?? throw new KubeconfigException(
            "no context is set: name a kubeconfig with --kubeconfig or KUBECONFIG, or start a cluster with 'orc up'");

    private (KubeconfigFile File, YamlMappingNode Body) Find(string list, string name)
    {
        foreach (var file in files)
        {
            if (file.Find(list, name) is { } body)
                return (file, body);
        }

        throw new KubeconfigException($"{list.TrimEnd('s')} \"{name}\" does not exist in {string.Join(", ", files.Select(f => f.Path))}");
    }

    private static IReadOnlyList<string> PathsOf(string? flag, Func<string, string?> environment)
    {
        if (!string.IsNullOrEmpty(flag))
            return [flag];
        var listed = (environment("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return listed.Length > 0 ? listed : [Path.Combine(environment("HOME") ?? "/", ".kube", "config")];
    }

    private static X509Certificate2Collection? Authorities(KubeconfigFile file, YamlMappingNode cluster)
    {
        if (Pem(file, cluster, "certificate-authority") is not { } pem)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"the certificate authority in {file.Path} is not valid PEM: {e.Message}", e);
        }

        return authorities;
    }

    private static X509Certificate2? ClientCertificate(KubeconfigFile file, YamlMappingNode user, string name)
    {
        if (Pem(file, user, "client-certificate") is not { } certificate || Pem(file, user, "client-key") is not { } key)
            return null;
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"the client certificate of user \"{name}\" in {file.Path} is not usable: {e.Message}", e);
        }
    }

    /// <summary>PEM from "x-data" (base64) or from the file that "x" names.</summary>
    private static string? Pem(KubeconfigFile file, YamlMappingNode map, string key)
    {
        try
        {
            if (map.Text(key + "-data") is { Length: > 0 } data)
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            return map.Text(key) is { Length: > 0 } path ? File.ReadAllText(Resolve(file, path)) : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{key} in {file.Path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Relative paths start at the kubeconfig's own directory.</summary>
    private static string Resolve(KubeconfigFile file, string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, path);
}
