using System.CommandLine;
using Orchestrator.Simulation;

return SimulateCommand.Create().Parse(args).Invoke();
