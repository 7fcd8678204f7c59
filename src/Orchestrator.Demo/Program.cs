using System.Runtime.InteropServices;
using Orchestrator.Demo;
using Orchestrator.Demo.Http;
using Orchestrator.Demo.State;

var options = DemoOptions.FromEnvironment(Environment.GetEnvironmentVariable);
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

var time = TimeProvider.System;
var health = new Health();
using var memory = new MemoryLoad();
var cpu = new CpuLoad(time);
var information = new InformationSource(options, health, memory, time);
var exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
var endpoints = new Endpoints(information, health, memory, cpu, exit);
using var server = new HttpServer(options.Port, endpoints.HandleAsync, new RequestLog(Console.Out, time), time);

Console.WriteLine($"demo {options.Version} listens on port {options.Port} as {information.HostName}");
var serving = server.RunAsync(options.ShutdownGrace, stop.Token);
var exitCode = await Task.WhenAny(serving, exit.Task) == exit.Task ? await exit.Task : 0;
await stop.CancelAsync();
await serving;
Console.WriteLine($"demo ends with exit code {exitCode}");
return exitCode;

void OnSignal(PosixSignalContext context)
{
    // The default would end the process at once, with requests in flight.
    context.Cancel = true;
    Console.WriteLine($"{context.Signal}: no new connections, finishing requests in flight");
    stop.Cancel();
}
