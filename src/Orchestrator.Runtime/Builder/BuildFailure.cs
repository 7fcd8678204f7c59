using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Builder;

/// <summary>Errors of a build, which all begin with the place in the Dockerfile.</summary>
internal static class BuildFailure
{
    public static RuntimeException At(string file, int line, string problem, Exception? cause = null) =>
        new(RuntimeError.InvalidArgument, $"{file}:{line}: {problem}", cause);
}

/// <summary>What is wrong with an instruction, thrown where its place is not known and given it by who knows.</summary>
internal sealed class InstructionException(string message) : Exception(message);
