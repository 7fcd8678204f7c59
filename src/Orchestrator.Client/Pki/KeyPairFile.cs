using System.Security.Cryptography;
using System.Text;
using Orchestrator.Linux.Files;

namespace Orchestrator.Client.Pki;

/// <summary>A <see cref="KeyPair"/> as two files: <c>name.crt</c> (0644) and <c>name.key</c> (0600).</summary>
internal static class KeyPairFile
{
    private const UnixFileMode CertificateMode = DurableFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode DirectoryMode = DurableFile.OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Null when neither file exists, or when a crash came between the two.</summary>
    public static KeyPair? TryRead(string directory, string name)
    {
        var (certificatePath, keyPath) = Paths(directory, name);
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
            return null;
        var pair = new KeyPair(File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
        try
        {
            pair.ToCertificate().Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CryptographicException($"{certificatePath} and {keyPath} do not hold a certificate and its key: {exception.Message}", exception);
        }

        return pair;
    }

    /// <summary>
    /// Stores a pair unless another process did so meanwhile, and returns what is then stored. The lock file's exclusive opening
    /// decides who writes.
    /// </summary>
    public static KeyPair WriteNew(string directory, string name, KeyPair pair)
    {
        Directory.CreateDirectory(directory, DirectoryMode);
        using var @lock = OpenLock(Path.Combine(directory, name + ".lock"));
        if (TryRead(directory, name) is { } existing)
            return existing;
        Write(directory, name, pair);
        return pair;
    }

    public static void Replace(string directory, string name, KeyPair pair)
    {
        Directory.CreateDirectory(directory, DirectoryMode);
        using var @lock = OpenLock(Path.Combine(directory, name + ".lock"));
        Write(directory, name, pair);
    }

    private static FileStream OpenLock(string path)
    {
        // flock(2) by way of FileShare.None; another starter holds it for milliseconds only.
        const int maxAttempts = 100;
        var wait = new SpinWait();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None,
                    UnixCreateMode = DurableFile.OwnerOnly, Options = FileOptions.DeleteOnClose,
                });
            }
            catch (IOException) when (attempt < maxAttempts)
            {
                wait.SpinOnce();
            }
        }
    }

    private static void Write(string directory, string name, KeyPair pair)
    {
        var (certificatePath, keyPath) = Paths(directory, name);
        DurableFile.Replace(keyPath, Encoding.UTF8.GetBytes(pair.PrivateKeyPem));
        DurableFile.Replace(certificatePath, Encoding.UTF8.GetBytes(pair.CertificatePem), CertificateMode);
    }

    private static (string Certificate, string Key) Paths(string directory, string name) =>
        (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
}
