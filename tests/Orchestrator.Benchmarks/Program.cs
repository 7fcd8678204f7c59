using Orchestrator.Benchmarks;

// make bench [WHAT=lab,container,pods,memory,api,store]: each prints lines "what: figure".
var wanted = args.Length > 0 ? args[0].Split(',') : ["lab", "pods", "api", "memory", "container", "store"];
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
    if (wanted.Contains("store"))
        await StoreLoad.RunAsync(Path.Combine(orc.WorkDirectory, "store"));
    return 0;
}
finally
{
    orc.Dispose();
}
