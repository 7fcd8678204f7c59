using System.Collections;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Demo.State;

/// <summary>Gathers <see cref="Information"/> afresh for each question, so that changed files show at once.</summary>
internal sealed partial class InformationSource(DemoOptions options, Health health, MemoryLoad memory, TimeProvider time)
{
    private const int FilesLimit = 100;
    private const int FileBytesLimit = 4096;
    private static readonly string[] secretWords = ["PASSWORD", "SECRET", "TOKEN", "KEY"];

    private readonly long started = time.GetTimestamp();
    private long requests;

    public string HostName { get; } = System.Environment.MachineName;

    public void CountRequest() => Interlocked.Increment(ref requests);

    public Information Gather()
    {
        var environment = ReadEnvironment();
        return new Information
        {
            Version = options.Version,
            HostName = HostName,
            PodIp = environment.GetValueOrDefault("POD_IP") ?? OwnAddress(),
            PodName = environment.GetValueOrDefault("POD_NAME", HostName),
            Namespace = environment.GetValueOrDefault("POD_NAMESPACE", ""),
            Node = environment.GetValueOrDefault("NODE_NAME", ""),
            Requests = Interlocked.Read(ref requests),
            UptimeSeconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 1),
            Ready = health.IsReady,
            Live = health.IsLive,
            MemoryHeldMegabytes = memory.Megabytes,
            ProcessId = System.Environment.ProcessId,
            UserId = getuid(),
            Environment = environment,
            Files = ReadFiles(),
        };
    }

    private static SortedDictionary<string, string> ReadEnvironment()
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            var isSecret = secretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
            variables[name] = isSecret ? Hidden(((string?)variable.Value ?? "").Length) : (string?)variable.Value ?? "";
        }

        return variables;
    }

    /// <summary>
    /// Volumes of a ConfigMap or Secret show each file through links into a directory whose name starts with "..": only the
    /// plain names are of interest.
    /// </summary>
    private SortedDictionary<string, string> ReadFiles()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Directory.Exists(options.FilesDirectory))
            ReadFiles(options.FilesDirectory, files);
        return files;
    }

    private static void ReadFiles(string directory, SortedDictionary<string, string> files)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(directory))
        {
            if (Path.GetFileName(path).StartsWith("..", StringComparison.Ordinal))
                continue;
            if (files.Count >= FilesLimit)
                return;
            if (Directory.Exists(path))
                ReadFiles(path, files);
            else
                files[path] = ReadFile(path);
        }
    }

    private static string ReadFile(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            if (path.Contains("/secret", StringComparison.OrdinalIgnoreCase))
                return Hidden((int)reader.BaseStream.Length);
            var buffer = new char[FileBytesLimit];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"({e.Message})";
        }
    }

    private static string Hidden(int length) => $"•••••• ({length} characters)";

    /// <summary>Without the downward API: the first address that is not loopback.</summary>
    private static string OwnAddress()
    {
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (var unicast in network.GetIPProperties().UnicastAddresses)
            {
                if (unicast.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(unicast.Address))
                    return unicast.Address.ToString();
            }
        }

        return "";
    }

    [LibraryImport("libc")]
    private static partial uint getuid();
}
