namespace Orchestrator.Simulation.Storage;

/// <summary>What happens to one write.</summary>
internal enum WriteFate { Done, Lost, Unanswered, Late }
