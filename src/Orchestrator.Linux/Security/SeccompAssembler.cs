using System.Buffers.Binary;

namespace Orchestrator.Linux.Security;

/// <summary>
/// Assembles a profile into classic BPF for seccomp(2). Call numbers are found by binary search over ranges with the same
/// outcome, so a call passes about seven comparisons however long the profile is. Calls of another architecture, and x32
/// calls, get the profile's default.
/// </summary>
public static class SeccompAssembler
{
    // struct seccomp_data: number, architecture, instruction pointer, six arguments.
    private const int NumberOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int FirstArgumentOffset = 16;

    private const ushort LoadAbsolute = 0x20;
    private const ushort And = 0x54;
    private const ushort JumpAlways = 0x05;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreater = 0x25;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort Return = 0x06;
    private const int LongestJump = 255;
    private const uint FirstX32Number = 0x40000000;

    /// <summary>The most instructions the kernel takes.</summary>
    private const int MaximumInstructions = 4096;

    /// <returns>An array of struct sock_filter, 8 bytes each.</returns>
    /// <exception cref="InvalidDataException">The profile is too long for the kernel.</exception>
    public static byte[] Assemble(SeccompProfile profile)
    {
        List<Instruction> code =
        [
            new(LoadAbsolute, 0, 0, ArchitectureOffset),
            new(JumpEqual, 1, 0, SyscallTable.AuditArchitecture),
            new(Return, 0, 0, profile.Default.Value),
            new(LoadAbsolute, 0, 0, NumberOffset),
            .. AssembleSearch(Ranges(profile)),
        ];
        if (code.Count > MaximumInstructions)
            throw new InvalidDataException($"the seccomp profile takes {code.Count} instructions, of {MaximumInstructions}");
        return Encode(code);
    }

    private static List<Range> Ranges(SeccompProfile profile)
    {
        var rules = new SortedDictionary<int, List<SeccompRule>>();
        foreach (var rule in profile.Rules)
        {
            foreach (var name in rule.Names)
            {
                if (!SyscallTable.Numbers.TryGetValue(name, out var number))
                    continue;
                if (!rules.TryGetValue(number, out var list))
                    rules[number] = list = [];
                list.Add(rule);
            }
        }

        var ranges = new List<Range> { new(0, [new Instruction(Return, 0, 0, profile.Default.Value)]) };
        var next = 0;
        foreach (var (number, list) in rules)
        {
            if (number > next)
                Append(ranges, (uint)next, [new Instruction(Return, 0, 0, profile.Default.Value)]);
            Append(ranges, (uint)number, AssembleRules(list, profile.Default));
            next = number + 1;
        }

        Append(ranges, (uint)next, [new Instruction(Return, 0, 0, profile.Default.Value)]);
        Append(ranges, FirstX32Number, [new Instruction(Return, 0, 0, profile.Default.Value)]);
        return ranges;
    }

    // A range with the same code as the one before only makes that one longer.
    private static void Append(List<Range> ranges, uint start, List<Instruction> code)
    {
        if (ranges[^1].Start == start)
            ranges.RemoveAt(ranges.Count - 1);
        if (ranges.Count == 0 || !ranges[^1].Code.SequenceEqual(code))
            ranges.Add(new Range(start, code));
    }

    private static List<Instruction> AssembleSearch(List<Range> ranges)
    {
        if (ranges.Count == 1)
            return ranges[0].Code;
        var middle = ranges.Count / 2;
        var below = AssembleSearch(ranges[..middle]);
        var above = AssembleSearch(ranges[middle..]);
        var code = new List<Instruction>();
        if (below.Count <= LongestJump)
        {
            code.Add(new Instruction(JumpGreaterOrEqual, (byte)below.Count, 0, ranges[middle].Start));
        }
        else
        {
            code.Add(new Instruction(JumpGreaterOrEqual, 0, 1, ranges[middle].Start));
            code.Add(new Instruction(JumpAlways, 0, 0, (uint)below.Count));
        }

        code.AddRange(below);
        code.AddRange(above);
        return code;
    }

    private static List<Instruction> AssembleRules(List<SeccompRule> rules, SeccompAction otherwise)
    {
        var code = new List<Instruction>();
        foreach (var rule in rules)
        {
            code.AddRange(AssembleConditions(rule.Conditions));
            code.Add(new Instruction(Return, 0, 0, rule.Action.Value));
            if (rule.Conditions.Count == 0)
                return code;
        }

        code.Add(new Instruction(Return, 0, 0, otherwise.Value));
        return code;
    }

    // Falls through to the rule's return when all conditions hold, and jumps behind it when one does not.
    private static List<Instruction> AssembleConditions(IReadOnlyList<SeccompCondition> conditions)
    {
        var code = new List<Instruction>();
        for (var index = conditions.Count - 1; index >= 0; index--)
        {
            var distanceToFail = code.Count + 1;
            code.InsertRange(0, AssembleCondition(conditions[index], distanceToFail));
        }

        return code;
    }

    /// <param name="fail">Instructions between the end of this condition and the place behind the rule.</param>
    private static Instruction[] AssembleCondition(SeccompCondition condition, int fail)
    {
        var low = (uint)(FirstArgumentOffset + (condition.Argument * 8));
        var high = low + 4;
        var (valueLow, valueHigh) = ((uint)condition.Value, (uint)(condition.Value >> 32));
        return condition.Comparison switch
        {
            SeccompComparison.Equal =>
            [
                new(LoadAbsolute, 0, 0, high), new(JumpEqual, 0, Distance(fail + 2), valueHigh),
                new(LoadAbsolute, 0, 0, low), new(JumpEqual, 0, Distance(fail), valueLow),
            ],
            SeccompComparison.NotEqual =>
            [
                new(LoadAbsolute, 0, 0, high), new(JumpEqual, 0, 2, valueHigh),
                new(LoadAbsolute, 0, 0, low), new(JumpEqual, Distance(fail), 0, valueLow),
            ],
            SeccompComparison.MaskedEqual =>
            [
                new(LoadAbsolute, 0, 0, high), new(And, 0, 0, (uint)(condition.Mask >> 32)), new(JumpEqual, 0, Distance(fail + 3), valueHigh),
                new(LoadAbsolute, 0, 0, low), new(And, 0, 0, (uint)condition.Mask), new(JumpEqual, 0, Distance(fail), valueLow),
            ],
            SeccompComparison.Greater => Order(JumpGreater, passes: true),
            SeccompComparison.GreaterOrEqual => Order(JumpGreaterOrEqual, passes: true),
            SeccompComparison.Less => Order(JumpGreaterOrEqual, passes: false),
            SeccompComparison.LessOrEqual => Order(JumpGreater, passes: false),
            _ => throw new InvalidDataException($"comparison {condition.Comparison} is unknown"),
        };

        // The high halves decide unless they are equal. "Less" is "not greater or equal", so there the outcomes change places.
        Instruction[] Order(ushort compareLow, bool passes) =>
        [
            new(LoadAbsolute, 0, 0, high),
            passes ? new(JumpGreater, 3, 0, valueHigh) : new(JumpGreater, Distance(fail + 3), 0, valueHigh),
            passes ? new(JumpEqual, 0, Distance(fail + 2), valueHigh) : new(JumpEqual, 0, 2, valueHigh),
            new(LoadAbsolute, 0, 0, low),
            passes ? new(compareLow, 0, Distance(fail), valueLow) : new(compareLow, Distance(fail), 0, valueLow),
        ];
    }

    private static byte Distance(int count) =>
        count <= LongestJump ? (byte)count : throw new InvalidDataException("a seccomp rule has too many conditions");

    private static byte[] Encode(List<Instruction> code)
    {
        var bytes = new byte[code.Count * 8];
        for (var index = 0; index < code.Count; index++)
        {
            var target = bytes.AsSpan(index * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(target, code[index].Operation);
            target[2] = code[index].IfTrue;
            target[3] = code[index].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], code[index].Operand);
        }

        return bytes;
    }

    private sealed record Range(uint Start, List<Instruction> Code);

    private readonly record struct Instruction(ushort Operation, byte IfTrue, byte IfFalse, uint Operand);
}
