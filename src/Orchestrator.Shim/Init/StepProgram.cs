using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Shim.Init;

/// <summary>
/// A list of system calls with all their memory, built while managed code may still run and executed by a child between clone
/// and exec, where it may not. Each step has a description for the error that may come back.
/// </summary>
internal sealed unsafe class StepProgram : IDisposable
{
    private readonly List<Step> steps = [];
    private readonly List<string> descriptions = [];
    private readonly List<nint> allocations = [];
    private readonly HashSet<string> directories = [];
    private Step* compiled;

    public int Count => steps.Count;

    public string Describe(int index) => index >= 0 && index < descriptions.Count ? descriptions[index] : "start";

    /// <summary>Adds a system call. Negative results end the program unless their errno is tolerated.</summary>
    public void Call(string description, int number, ReadOnlySpan<Argument> arguments, params ReadOnlySpan<int> tolerated) =>
        Add(description, number, arguments, 0, null, tolerated);

    /// <summary>The step added next is only for when the last one failed, in a tolerated way.</summary>
    public void Otherwise() => CollectionsMarshal.AsSpan(steps)[^1].HasAlternative = 1;

    /// <summary>Adds a system call whose result later steps use.</summary>
    public Slot CallForResult(string description, int number, ReadOnlySpan<Argument> arguments)
    {
        var slot = NewSlot();
        CallInto(description, number, arguments, slot);
        return slot;
    }

    /// <summary>Adds a system call whose result goes to a given place.</summary>
    public void CallInto(string description, int number, ReadOnlySpan<Argument> arguments, Slot result) =>
        Add(description, number, arguments, 0, result.Address, []);

    /// <summary>Adds a system call that must give at least <paramref name="minimum"/>, such as a read of a whole message.</summary>
    public void CallAtLeast(string description, int number, long minimum, ReadOnlySpan<Argument> arguments) =>
        Add(description, number, arguments, minimum, null, []);

    /// <summary>Adds the end: execve of the first candidate path that can be executed.</summary>
    public void Execute(string description, IReadOnlyList<string> candidates, byte** arguments, byte** environment) =>
        Add(description, (int)Step.ExecuteCandidates, [(byte*)Strings(candidates), (byte*)arguments, (byte*)environment], 0, null, []);

    /// <summary>Notes that a directory is made.</summary>
    /// <returns>False when the program so far has seen to it already.</returns>
    public bool NoteDirectory(string path) => directories.Add(path);

    /// <summary>Notes that something is mounted at a path. By way of links it may hide any directory but those it lies in.</summary>
    public void NoteMount(string path) =>
        directories.RemoveWhere(directory => path != directory && !path.StartsWith(directory + "/", StringComparison.Ordinal));

    public Slot NewSlot() => new((long*)Zeroed(sizeof(long)));

    public byte* Text(string value)
    {
        var bytes = (byte*)Zeroed(Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, new Span<byte>(bytes, Encoding.UTF8.GetByteCount(value)));
        return bytes;
    }

    public byte* Bytes(ReadOnlySpan<byte> value)
    {
        var bytes = (byte*)Zeroed(Math.Max(1, value.Length));
        value.CopyTo(new Span<byte>(bytes, value.Length));
        return bytes;
    }

    /// <summary>A null-terminated array of strings.</summary>
    public byte** Strings(IReadOnlyList<string> values)
    {
        var pointers = (byte**)Zeroed((values.Count + 1) * sizeof(byte*));
        for (var index = 0; index < values.Count; index++)
            pointers[index] = Text(values[index]);
        return pointers;
    }

    public void* Zeroed(int size)
    {
        var memory = NativeMemory.AllocZeroed((nuint)size);
        allocations.Add((nint)memory);
        return memory;
    }

    /// <summary>The steps in unmanaged memory, valid until disposal.</summary>
    public Step* Compile()
    {
        compiled = (Step*)Zeroed(Math.Max(1, steps.Count) * sizeof(Step));
        for (var index = 0; index < steps.Count; index++)
            compiled[index] = steps[index];
        return compiled;
    }

    public void Dispose()
    {
        foreach (var allocation in allocations)
            NativeMemory.Free((void*)allocation);
        allocations.Clear();
    }

    private void Add(
        string description, int number, ReadOnlySpan<Argument> arguments, long minimum, long* result, ReadOnlySpan<int> tolerated)
    {
        var step = new Step { Number = number, MinimumResult = minimum, Result = result };
        for (var index = 0; index < arguments.Length; index++)
        {
            step.Arguments[index] = arguments[index].Value;
            if (arguments[index].IsIndirect)
                step.Indirect |= 1 << index;
        }

        for (var index = 0; index < tolerated.Length; index++)
            step.Tolerated[index] = tolerated[index];
        steps.Add(step);
        descriptions.Add(description);
    }
}
