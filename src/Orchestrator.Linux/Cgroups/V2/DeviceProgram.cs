namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>
/// Assembles device rules into eBPF. The kernel passes struct bpf_cgroup_dev_ctx in register 1: access (high half) and device
/// type (low half), major, minor; the program returns 1 to allow.
/// </summary>
internal static class DeviceProgram
{
    private const int BlockDevice = 1;
    private const int CharacterDevice = 2;
    private const int MakeNode = 1;
    private const int Read = 2;
    private const int Write = 4;

    // Registers: 1 context, 2 type, 3 access, 4 major, 5 minor.
    private const byte LoadWord = 0x61;
    private const byte MoveImmediate = 0xb7;
    private const byte MoveRegister = 0xbf;
    private const byte AndImmediate32 = 0x54;
    private const byte ShiftRightImmediate32 = 0x74;
    private const byte JumpIfNotEqualImmediate = 0x55;
    private const byte JumpIfNotEqualRegister = 0x5d;
    private const byte Exit = 0x95;

    public static ulong[] Assemble(IReadOnlyList<DeviceRule> rules)
    {
        List<ulong> code =
        [
            Instruction(LoadWord, 2, 1, 0, 0),
            Instruction(AndImmediate32, 2, 0, 0, 0xffff),
            Instruction(LoadWord, 3, 1, 0, 0),
            Instruction(ShiftRightImmediate32, 3, 0, 0, 16),
            Instruction(LoadWord, 4, 1, 4, 0),
            Instruction(LoadWord, 5, 1, 8, 0),
        ];
        foreach (var rule in rules)
            code.AddRange(AssembleRule(rule));
        code.Add(Instruction(MoveImmediate, 0, 0, 0, 0));
        code.Add(Instruction(Exit, 0, 0, 0, 0));
        return [.. code];
    }

    // A chain of tests, each of which jumps behind the rule when it does not hold.
    private static List<ulong> AssembleRule(DeviceRule rule)
    {
        var tests = new List<Func<short, ulong>>();
        if (rule.Type != 'a')
            tests.Add(skip => Instruction(JumpIfNotEqualImmediate, 2, 0, skip, rule.Type == 'b' ? BlockDevice : CharacterDevice));
        var access = AccessBits(rule.Access);
        if (access != (MakeNode | Read | Write))
        {
            // Asked for no more than is granted: (asked & granted) == asked.
            tests.Add(_ => Instruction(MoveRegister, 0, 3, 0, 0));
            tests.Add(_ => Instruction(AndImmediate32, 0, 0, 0, access));
            tests.Add(skip => Instruction(JumpIfNotEqualRegister, 0, 3, skip, 0));
        }

        if (rule.Major >= 0)
            tests.Add(skip => Instruction(JumpIfNotEqualImmediate, 4, 0, skip, rule.Major));
        if (rule.Minor >= 0)
            tests.Add(skip => Instruction(JumpIfNotEqualImmediate, 5, 0, skip, rule.Minor));

        var code = new List<ulong>();
        for (var index = 0; index < tests.Count; index++)
            code.Add(tests[index]((short)(tests.Count - index + 1)));
        code.Add(Instruction(MoveImmediate, 0, 0, 0, 1));
        code.Add(Instruction(Exit, 0, 0, 0, 0));
        return code;
    }

    private static int AccessBits(string access) =>
        (access.Contains('r', StringComparison.Ordinal) ? Read : 0) | (access.Contains('w', StringComparison.Ordinal) ? Write : 0)
        | (access.Contains('m', StringComparison.Ordinal) ? MakeNode : 0);

    private static ulong Instruction(byte operation, int target, int source, short offset, int immediate) =>
        operation | ((ulong)(uint)((source << 4) | target) << 8) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);
}
