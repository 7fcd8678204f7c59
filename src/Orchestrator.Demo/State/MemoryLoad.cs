using System.Runtime.InteropServices;

namespace Orchestrator.Demo.State;

/// <summary>
/// Memory held on purpose. It is outside the managed heap, which would keep itself below the container's limit: this one runs
/// into the limit, and the kernel's out-of-memory killer shows itself.
/// </summary>
internal sealed unsafe class MemoryLoad : IDisposable
{
    private const int BytesPerMegabyte = 1 << 20;

    private readonly Lock gate = new();
    private readonly Stack<nint> blocks = [];

    public int Megabytes
    {
        get
        {
            lock (gate)
                return blocks.Count;
        }
    }

    /// <summary>Takes or gives back memory until this much is held. Every page is written, so that it counts.</summary>
    public void Set(int megabytes)
    {
        lock (gate)
        {
            while (blocks.Count > megabytes)
                NativeMemory.Free((void*)blocks.Pop());
            while (blocks.Count < megabytes)
            {
                var block = NativeMemory.Alloc(BytesPerMegabyte);
                NativeMemory.Fill(block, BytesPerMegabyte, (byte)blocks.Count);
                blocks.Push((nint)block);
            }
        }
    }

    public void Dispose() => Set(0);
}
