using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Cluster;

/// <summary>A part of the cluster that can be killed and started again. What it knew is gone then; its name and its links stay.</summary>
internal interface IComponent
{
    string Name { get; }

    /// <summary>The process that runs, or ran last; null before the first start.</summary>
    SimulatedProcess? Process { get; }

    void Start();
}
