using System.Runtime.InteropServices;

namespace Orchestrator.Shim.Init;

/// <summary>One raw system call of a prepared program, or the final execve. Lives in unmanaged memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Step
{
    public const long ExecuteCandidates = -1;

    public long Number;
    public fixed long Arguments[6];

    /// <summary>A bit for each argument that is the address of its value.</summary>
    public int Indirect;

    /// <summary>Errors after which the program goes on; 0 where unused.</summary>
    public fixed int Tolerated[4];

    /// <summary>Whether the step after this one is left out unless this one failed, in a tolerated way.</summary>
    public int HasAlternative;

    /// <summary>A result below this ends the program, with the errno, or EIO when there is none.</summary>
    public long MinimumResult;

    /// <summary>Where the result goes, or null.</summary>
    public long* Result;
}

/// <summary>What a child tells its parent when a step fails.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StepFailure
{
    public int Index;
    public int ErrorNumber;
}
