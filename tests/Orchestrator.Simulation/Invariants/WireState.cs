using Orchestrator.Simulation.Network;

namespace Orchestrator.Simulation.Invariants;

/// <summary>What the audits know about one request.</summary>
internal sealed class WireState(Exchange exchange, RequestFacts facts)
{
    public Exchange Exchange => exchange;

    public RequestFacts Facts => facts;

    /// <summary>The newest revision of which anybody knew when the request arrived.</summary>
    public long Began { get; init; }

    /// <summary>The newest revision there was when the request arrived, whether or not anybody knew.</summary>
    public long Arrived { get; init; }

    /// <summary>How far a watch has come; 0 while it is told what there was.</summary>
    public long Position { get; set; }

    /// <summary>What a watch was told first.</summary>
    public List<string> Initial { get; } = [];

    public int Status { get; set; } = 200;

    public MemoryStream Body { get; } = new();
}
