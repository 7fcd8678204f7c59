namespace Orchestrator.Simulation.Pumping;

/// <summary>Code between two awaits, ready to run.</summary>
/// <param name="IsBare">
/// Runs without a synchronization context: for completing tasks that library code awaits with ConfigureAwait(false). Such
/// continuations run inline where no context is installed, and would escape to the thread pool where one is.
/// </param>
internal readonly record struct Step(SimulatedProcess Process, SendOrPostCallback Callback, object? State, bool IsBare);
