namespace Orchestrator.Simulation.Pumping;

/// <summary>Independent sources of randomness from one seed, so that a draw more in one part does not change another.</summary>
internal sealed class Seeds(int seed)
{
    public Random For(string purpose) => new(Number(purpose));

    public int Number(string purpose)
    {
        var hash = new TraceHash();
        hash.Add(seed);
        hash.Add(purpose);
        var value = hash.Value ^ (hash.Value >> 31);
        return (int)(value & int.MaxValue);
    }
}
