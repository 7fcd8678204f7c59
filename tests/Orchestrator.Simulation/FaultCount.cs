namespace Orchestrator.Simulation;

/// <summary>How often each <see cref="FaultKind"/> really happened. Two counts are equal when all their numbers are.</summary>
public sealed class FaultCount : IEquatable<FaultCount>
{
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    private readonly long[] counts = new long[Kinds.Length];

    public long this[FaultKind kind] => counts[(int)kind];

    public void Add(FaultKind kind) => counts[(int)kind]++;

    public void Add(FaultCount other)
    {
        for (var i = 0; i < counts.Length; i++)
            counts[i] += other.counts[i];
    }

    public bool Equals(FaultCount? other) => other is not null && counts.AsSpan().SequenceEqual(other.counts);

    public override bool Equals(object? obj) => Equals(obj as FaultCount);

    public override int GetHashCode() => counts.Sum().GetHashCode();

    /// <summary>One line for each kind, also for those that never happened.</summary>
    public override string ToString() => string.Join('\n', Kinds.Select(kind => $"{this[kind],10} {kind}"));
}
