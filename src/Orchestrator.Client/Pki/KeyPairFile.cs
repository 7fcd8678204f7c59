using System.Security.Cryptography;

namespace Orchestrator.Client.Pki;

/// <summary>A <see cref="KeyPair"/> as two files: <c>name.crt</c> (0644) and <c>name.key</c> (0600).</summary>
internal static class KeyPairFile
{
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode DirectoryMode = KeyMode | UnixFileMode.UserExecute;

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
                    UnixCreateMode = KeyMode, Options = FileOptions.DeleteOnClose,
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
        WriteAtomically(keyPath, pair.PrivateKeyPem, KeyMode);
        WriteAtomically(certificatePath, pair.CertificatePem, CertificateMode);
    }

    private static void WriteAtomically(string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".tmp";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static (string Certificate, string Key) Paths(string directory, string name) =>
        (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
}
