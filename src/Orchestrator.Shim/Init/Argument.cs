namespace Orchestrator.Shim.Init;

/// <summary>An argument of a step: a value, or the place where an earlier step puts it.</summary>
internal readonly unsafe struct Argument
{
    private Argument(long value, bool isIndirect)
    {
        Value = value;
        IsIndirect = isIndirect;
    }

    public long Value { get; }

    public bool IsIndirect { get; }

    public static implicit operator Argument(long value) => new(value, isIndirect: false);

    public static implicit operator Argument(Slot slot) => new((long)slot.Address, isIndirect: true);

    public static implicit operator Argument(byte* pointer) => new((long)pointer, isIndirect: false);
}

/// <summary>A place for one value that is known only while a program runs, such as a descriptor.</summary>
internal readonly unsafe struct Slot(long* address)
{
    public long* Address { get; } = address;
}
