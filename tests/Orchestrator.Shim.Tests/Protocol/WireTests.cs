using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Tests.Protocol;

[TestFixture]
internal sealed class WireTests
{
    private static readonly ContainerSpec Spec = new(
        "id", "/state", "/log", new RootSpec(["/a", "/b"], "/up", null, "/mount", ReadOnly: true),
        new CgroupSpec(null, ["/tasks"], "/kill", "/oom", ["/dir"]), 0x20020000, "other",
        [MountSpec.Bind("/from", "/to", 1, 2, Propagation.Slave)], [new DeviceSpec("/dev/x", 'b', 8, 300, 0x1b6, 1, 2)], ["/masked"], ["/read"],
        new ProcessSpec(["sh", "ünï"], ["A=1"], "/", Terminal: true, Stdin: true, StdinOnce: false),
        new UserSpec("app", null, [1, 2], MergeImageGroups: true),
        new SecuritySpec(-1, 2, 3, 4, NoNewPrivileges: true, [1, 2, 3], -5, [new LimitSpec(7, 1, -1)]));

    [Test]
    public void Write_ContainerSpec_ReadsBackTheSame()
    {
        var first = new WireWriter();
        Spec.Write(first);
        var second = new WireWriter();
        ContainerSpec.Read(new WireReader(first.ToArray())).Write(second);

        Assert.That(second.ToArray(), Is.EqualTo(first.ToArray()));
        Assert.That(ContainerSpec.Read(new WireReader(first.ToArray())).Mounts, Is.EqualTo(Spec.Mounts));
    }

    [Test]
    public void Read_MessageCutAnywhere_IsRefused()
    {
        var writer = new WireWriter();
        Spec.Write(writer);
        var bytes = writer.ToArray();

        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes.AsMemory(0, length);
            Assert.That(() => ContainerSpec.Read(new WireReader(cut)), Throws.TypeOf<InvalidDataException>());
        }
    }

    [Test]
    public void DecodeHeader_LengthBeyondTheLimit_IsRefused()
    {
        var header = Frame.Encode(MessageKind.Hello, 1, [])[..Frame.HeaderBytes];
        BitConverter.TryWriteBytes(header, Frame.MaximumPayloadBytes + 1);

        Assert.That(() => Frame.DecodeHeader(header), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void MessageKind_Numbers_AreWhatRunningShimsSpeak()
    {
        Assert.That(Enum.GetValues<MessageKind>().Select(static kind => (kind.ToString(), (int)kind)), Is.EquivalentTo(new[]
        {
            ("Hello", 1), ("StartSandbox", 2), ("StartContainer", 3), ("SignalContainer", 4), ("ReopenLog", 5), ("ForgetContainer", 6),
            ("Shutdown", 7), ("ResizeContainer", 8), ("Exec", 16), ("Attach", 17), ("AttachEarly", 18), ("Done", 32), ("Failed", 33), ("ContainerExited", 40),
            ("Stdin", 64), ("Resize", 65), ("Stdout", 66), ("Stderr", 67), ("Exited", 68),
        }));
    }
}
