using Orchestrator.Linux.Namespaces;

namespace Orchestrator.Linux.Tests.Netlink;

/// <summary>A named network namespace of one test; gone, with all links in it, after disposal.</summary>
internal sealed class TestNamespace : IDisposable
{
    private static int _count;

    public TestNamespace()
    {
        Name = $"orct{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        NetworkNamespace.Create(Name);
    }

    public string Name { get; }

    public string FullPath => NetworkNamespace.PathOf(Name);

    public void Dispose() => NetworkNamespace.Delete(Name);
}
