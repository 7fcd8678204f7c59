namespace Orchestrator.Linux.Security;

/// <summary>What a filter does with a call; the value is the kernel's SECCOMP_RET_*, errno in the low bits.</summary>
public readonly record struct SeccompAction(uint Value)
{
    public static SeccompAction Allow => new(0x7fff0000);

    public static SeccompAction KillProcess => new(0x80000000);

    public static SeccompAction KillThread => new(0);

    public static SeccompAction Trap => new(0x00030000);

    public static SeccompAction Log => new(0x7ffc0000);

    public static SeccompAction Error(int errno) => new(0x00050000 | (uint)errno);
}

public enum SeccompComparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, MaskedEqual }

/// <summary>A condition on an argument (0 to 5), which is compared as an unsigned 64-bit number.</summary>
/// <param name="Mask">For <see cref="SeccompComparison.MaskedEqual"/>: (argument and mask) must equal the value.</param>
public sealed record SeccompCondition(int Argument, SeccompComparison Comparison, ulong Value, ulong Mask = 0);

/// <summary>System calls by name, all the conditions that must hold, and what then happens.</summary>
public sealed record SeccompRule(SeccompAction Action, IReadOnlyList<string> Names, IReadOnlyList<SeccompCondition> Conditions)
{
    public SeccompRule(SeccompAction action, params IReadOnlyList<string> names)
        : this(action, names, [])
    {
    }
}

/// <summary>A filter in words. The first rule that matches a call decides; names that this architecture lacks are left out.</summary>
public sealed record SeccompProfile(SeccompAction Default, IReadOnlyList<SeccompRule> Rules);
