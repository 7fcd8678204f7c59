using Orchestrator.Benchmarks;

// make bench [WHAT=lab,pods,api,memory]: each prints lines "what: figure".
var wanted = args.Length > 0 ? args[0].Split(',') : ["lab", "pods", "api", "memory", "container"];
var orc = new OrcProgram(Path.GetFullPath(args.Length > 1 ? args[1] : "bin/orc"));
try
{
    if (wanted.Contains("lab"))
        LabStart.Run(orc);
    if (wanted.Contains("container"))
        ContainerRun.Run(orc);
    if (wanted.Contains("pods") || wanted.Contains("memory"))
        await PodStart.RunAsync(orc, wanted.Contains("pods"), wanted.Contains("memory"));
    if (wanted.Contains("api"))
        await ApiLoad.RunAsync(orc);
    return 0;
}
finally
{
    orc.Dispose();
}
