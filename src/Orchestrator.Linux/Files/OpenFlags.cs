namespace Orchestrator.Linux.Files;

/// <summary>open(2) flags, as on x64 and arm64 (where these agree), except <see cref="Directory"/> and <see cref="NoFollow"/>.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    Directory = 0x10000,
    NoFollow = 0x20000,
    CloseOnExec = 0x80000,
    Path = 0x200000,
}

/// <summary>openat2(2) resolution rules.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NoCrossDevice = 1,
    NoMagicLinks = 2,
    NoSymbolicLinks = 4,
    Beneath = 8,
    InRoot = 0x10,
}
