using System.CommandLine;
using Orchestrator.Cli.Lab;
using Orchestrator.Storage;

namespace Orchestrator.Cli.Commands;

/// <summary>The options that name a store, and how to be let in.</summary>
internal sealed class StoreOptionSet
{
    private readonly Option<string> store = new("--store") { Description = "sqlite, sqlite:FILE, memory, or endpoints of an etcd cluster", DefaultValueFactory = _ => "sqlite" };
    private readonly EtcdAccessOptionSet access = new();

    public void AddTo(Command command)
    {
        command.Options.Add(store);
        access.AddTo(command);
    }

    /// <param name="dataDirectory">Holds the file of plain "sqlite".</param>
    /// <exception cref="UserException">The password's file cannot be read.</exception>
    /// <exception cref="FormatException">The store is none.</exception>
    public StoreOptions Read(ParseResult parsed, string dataDirectory) =>
        EtcdAccessOptionSet.Apply(StoreOptions.Parse(parsed.GetValue(store)!, dataDirectory), access.Read(parsed));
}

/// <summary>Certificates and password for an etcd; named as kube-apiserver names them.</summary>
internal sealed class EtcdAccessOptionSet(string prefix = "--etcd")
{
    private readonly Option<string?> caFile = new($"{prefix}-cafile") { Description = "PEM file with the authorities of etcd's certificates (default: the system's)" };
    private readonly Option<string?> certificateFile = new($"{prefix}-certfile") { Description = "PEM file with the certificate shown to etcd" };
    private readonly Option<string?> keyFile = new($"{prefix}-keyfile") { Description = "PEM file with that certificate's key" };
    private readonly Option<string?> user = new($"{prefix}-user") { Description = "User of an etcd with authentication" };
    private readonly Option<string?> passwordFile = new($"{prefix}-password-file") { Description = "File that holds that user's password" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[caFile, certificateFile, keyFile, user, passwordFile])
            command.Options.Add(option);
    }

    /// <summary>Null when nothing was given. Paths are made absolute: components run elsewhere.</summary>
    /// <exception cref="UserException">A file does not exist, or only one of certificate and key was given.</exception>
    public LabStoreAccess? Read(ParseResult parsed)
    {
        foreach (var option in (Option<string?>[])[caFile, certificateFile, keyFile, passwordFile])
        {
            if (parsed.GetValue(option) is { } path && !File.Exists(path))
                throw new UserException($"{option.Name}: {path} does not exist", ExitCode.Usage);
        }

        if (parsed.GetValue(certificateFile) is null != parsed.GetValue(keyFile) is null)
            throw new UserException($"{certificateFile.Name} and {keyFile.Name} go together", ExitCode.Usage);
        var access = new LabStoreAccess(
            Absolute(parsed.GetValue(caFile)), Absolute(parsed.GetValue(certificateFile)), Absolute(parsed.GetValue(keyFile)),
            parsed.GetValue(user), Absolute(parsed.GetValue(passwordFile)));
        return access == new LabStoreAccess(null, null, null, null, null) ? null : access;
    }

    /// <exception cref="UserException">The password's file cannot be read.</exception>
    public static StoreOptions Apply(StoreOptions store, LabStoreAccess? access)
    {
        if (access is null)
            return store;
        return store with
        {
            CaFile = access.CaFile,
            CertificateFile = access.CertificateFile,
            KeyFile = access.KeyFile,
            UserName = access.User,
            Password = ReadPassword(access.PasswordFile),
        };
    }

    private static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);

    private static string? ReadPassword(string? file)
    {
        try
        {
            return file is null ? null : File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"the password for etcd cannot be read: {error.Message}");
        }
    }
}
