using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Shim.Containers;
using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;
using Orchestrator.Shim.Sandbox;

namespace Orchestrator.Shim.Server;

/// <summary>Answers the runtime: one sandbox, its containers, their streams. Whoever can open the socket is trusted.</summary>
internal sealed class ShimServer(EventLoop loop, string directory, TimeProvider time)
{
    private readonly Dictionary<string, Container> containers = [];
    private readonly List<AttachSession> awaiting = [];
    private readonly List<Connection> subscribers = [];
    private readonly PodNamespaces pod = new();
    private readonly Reaper reaper = new();
    private readonly TaskCompletionSource stopped = new();

    /// <summary>Serves until told to shut down.</summary>
    public async Task RunAsync(Descriptor listener)
    {
        FileCalls.SetNonBlocking(listener);
        loop.Begin(() => reaper.RunAsync(loop));
        loop.Begin(() => AcceptAsync(listener));
        await stopped.Task;
    }

    private async Task AcceptAsync(Descriptor listener)
    {
        using var readiness = loop.Watch(listener);
        while (true)
        {
            if (SocketCalls.TryAccept(listener) is { } socket)
                loop.Begin(() => ServeAsync(new Connection(socket, loop)));
            else
                await readiness.ReadableAsync();
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        using (connection)
        {
            while (await connection.ReceiveAsync() is { } frame)
            {
                if (frame.Kind is MessageKind.Exec or MessageKind.Attach or MessageKind.AttachEarly)
                {
                    await AnswerAsync(connection, frame, () => StreamAsync(connection, frame));
                    break;
                }

                loop.Begin(() => AnswerAsync(connection, frame, () => HandleAsync(connection, frame)));
            }

            subscribers.Remove(connection);
        }
    }

    private static async Task AnswerAsync(Connection connection, ReceivedFrame frame, Func<Task> handle)
    {
        Failure failure;
        try
        {
            await handle();
            return;
        }
        catch (StartException exception)
        {
            failure = new Failure(exception.Step, exception.ErrorNumber, exception.Message);
        }
        catch (LinuxException exception)
        {
            failure = new Failure(exception.Call, exception.ErrorNumber, exception.Message);
        }

        var writer = new WireWriter();
        failure.Write(writer);
        await connection.SendAsync(MessageKind.Failed, frame.Id, writer.Written);
    }

    private async Task HandleAsync(Connection connection, ReceivedFrame frame)
    {
        var reader = new WireReader(frame.Payload);
        var reply = new WireWriter();
        switch (frame.Kind)
        {
            case MessageKind.Hello:
                subscribers.Add(connection);
                Describe().Write(reply);
                break;
            case MessageKind.StartSandbox:
                await pod.StartAsync(SandboxSpec.Read(reader), Starter(), directory);
                break;
            case MessageKind.StartContainer:
                (await StartContainerAsync(ContainerSpec.Read(reader))).Report.Write(reply);
                break;
            case MessageKind.SignalContainer:
                Find(reader.Text()).Signal(reader.Int());
                break;
            case MessageKind.ResizeContainer:
                Resize(Find(reader.Text()), reader.Int(), reader.Int());
                break;
            case MessageKind.ReopenLog:
                Find(reader.Text()).ReopenLog();
                break;
            case MessageKind.ForgetContainer:
                Forget(reader.Text());
                break;
            case MessageKind.Shutdown:
                await EndContainersAsync();
                break;
            default:
                throw new StartException("read request", 0, $"request {frame.Kind} is unknown to this shim");
        }

        await connection.SendAsync(MessageKind.Done, frame.Id, reply.Written);
        if (frame.Kind == MessageKind.Shutdown)
            stopped.TrySetResult();
    }

    private Task StreamAsync(Connection connection, ReceivedFrame frame)
    {
        var reader = new WireReader(frame.Payload);
        if (frame.Kind is MessageKind.Attach or MessageKind.AttachEarly)
            return AttachAsync(connection, frame.Id, new AttachSession(connection, frame.Id, AttachSpec.Read(reader), loop), frame.Kind == MessageKind.AttachEarly);

        var exec = ExecSpec.Read(reader);
        return new ExecSession(connection, frame.Id, exec, Find(exec.ContainerId), loop, Starter(), pod).RunAsync();
    }

    private Task AttachAsync(Connection connection, int requestId, AttachSession session, bool isEarly)
    {
        var container = isEarly ? containers.GetValueOrDefault(session.ContainerId) : Find(session.ContainerId);
        if (container is { IsRunning: false })
            throw session.NotRunning();
        // Sent before anything else: connections keep the order.
        _ = connection.SendAsync(MessageKind.Done, requestId, []);
        if (container is null)
            awaiting.Add(session);
        else
            session.Join(container);
        return session.RunAsync();
    }

    private HelloReply Describe() => new(
        Frame.ProtocolVersion, Environment.ProcessId, pod.IsStarted,
        containers.Values.Where(static container => container.Report.StartedAt != 0).Select(static container => container.Report).ToArray());

    private ProcessStarter Starter() => new(loop, reaper);

    private async Task<Container> StartContainerAsync(ContainerSpec spec)
    {
        if (containers.ContainsKey(spec.Id))
            throw new StartException("start container", Errno.EEXIST, $"container {spec.Id} was started already");
        var container = new Container(spec, loop, Starter(), pod, Find, time);
        containers[spec.Id] = container;
        foreach (var session in TakeAwaiting(spec.Id))
            session.Join(container);
        try
        {
            await container.StartAsync(PublishEndAsync);
        }
        catch
        {
            containers.Remove(spec.Id);
            throw;
        }

        return container;
    }

    private Task PublishEndAsync(Container container)
    {
        var writer = new WireWriter();
        container.Report.Write(writer);
        return Task.WhenAll(subscribers.ToArray().Select(subscriber => subscriber.SendAsync(MessageKind.ContainerExited, 0, writer.Written)));
    }

    private Container Find(string id) =>
        containers.TryGetValue(id, out var container) ? container : throw new StartException("find container", Errno.ENOENT, $"container {id} is not in this sandbox");

    private List<AttachSession> TakeAwaiting(string id)
    {
        var taken = awaiting.FindAll(session => session.ContainerId == id);
        awaiting.RemoveAll(taken.Contains);
        return taken;
    }

    private void Forget(string id)
    {
        foreach (var session in TakeAwaiting(id))
            session.GiveUp();
        if (containers.TryGetValue(id, out var container) && !container.IsRunning)
            containers.Remove(id);
    }

    private static void Resize(Container container, int columns, int rows)
    {
        if (container.Streams?.Terminal is { IsClosed: false } terminal)
            ProcessCalls.SetTerminalSize(terminal, columns, rows);
    }

    private async Task EndContainersAsync()
    {
        foreach (var container in containers.Values.Where(static container => container.IsRunning).ToArray())
        {
            container.Signal(Signals.Kill);
            await container.Ended.Task;
        }
    }
}
