using Orchestrator.Kubelet.Containers;

namespace Orchestrator.Kubelet.Tests.Containers;

public sealed class VariablesTests
{
    [TestCase("plain", "plain")]
    [TestCase("$(A)-$(B)", "1-2")]
    [TestCase("$$(A)", "$(A)")]
    [TestCase("$(NOPE)", "$(NOPE)")]
    [TestCase("$(A", "$(A")]
    [TestCase("$A $", "$A $")]
    [TestCase("$$$(A)", "$1")]
    public void Expand_EachForm_IsKubernetesOwn(string input, string expected) =>
        Assert.That(VariableExpansion.Expand(input, name => name switch { "A" => "1", "B" => "2", _ => null }), Is.EqualTo(expected));

    [TestCase("metadata.name", "web")]
    [TestCase("metadata.labels['app']", "x")]
    [TestCase("metadata.labels['none']", "")]
    [TestCase("status.podIPs", "1.1.1.1,2.2.2.2")]
    [TestCase("metadata.annotations", "a=\"q\\\"\\n\"\nb=\"2\"")]
    public void FieldRef_EachPath_HasItsValue(string path, string expected)
    {
        var pod = Make.Pod("web") with
        {
            Metadata = new() { Name = "web", Labels = new Dictionary<string, string> { ["app"] = "x" }, Annotations = new Dictionary<string, string> { ["b"] = "2", ["a"] = "q\"\n" } },
        };
        Assert.That(FieldValues.OfPod(pod, path, "9.9.9.9", ["1.1.1.1", "2.2.2.2"]), Is.EqualTo(expected));
    }

    [Test]
    public void FieldRef_UnknownPath_IsRefused() =>
        Assert.That(() => FieldValues.OfPod(Make.Pod("web"), "spec.nothing", "", []), Throws.TypeOf<ContainerConfigException>());

    [TestCase("limits.cpu", "1", "1")]
    [TestCase("limits.cpu", "1m", "500")]
    [TestCase("limits.memory", "1Mi", "64")]
    [TestCase("requests.memory", "1", "0")]
    [TestCase("limits.ephemeral-storage", "1", "1000")]
    public void ResourceFieldRef_IsDividedAndRoundedUp(string resource, string divisor, string expected)
    {
        var container = Make.Container("app") with { Resources = new() { Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("500m"), ["memory"] = Quantity.Parse("64Mi") } } };
        var node = new Dictionary<string, Quantity> { ["ephemeral-storage"] = Quantity.Parse("1000") };
        Assert.That(FieldValues.OfResource(Make.Pod("web", container), container, new() { Resource = resource, Divisor = Quantity.Parse(divisor) }, node), Is.EqualTo(expected));
    }

    [Test]
    public void ServiceVariables_OfANamedPort_AreAllThere()
    {
        var result = new Dictionary<string, string>();
        ServiceEnvironment.Add(result, new Service
        {
            Metadata = new() { Name = "my-db" }, Spec = new() { ClusterIP = "10.96.0.5", Ports = [new() { Name = "sql", Port = 5432, Protocol = "TCP" }] },
        });
        Assert.That(result, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["MY_DB_SERVICE_HOST"] = "10.96.0.5", ["MY_DB_SERVICE_PORT"] = "5432", ["MY_DB_SERVICE_PORT_SQL"] = "5432", ["MY_DB_PORT"] = "tcp://10.96.0.5:5432",
            ["MY_DB_PORT_5432_TCP"] = "tcp://10.96.0.5:5432", ["MY_DB_PORT_5432_TCP_PROTO"] = "tcp", ["MY_DB_PORT_5432_TCP_PORT"] = "5432", ["MY_DB_PORT_5432_TCP_ADDR"] = "10.96.0.5",
        }));
    }

    [Test]
    public void ServiceVariables_OfAHeadlessService_AreNone()
    {
        var result = new Dictionary<string, string>();
        ServiceEnvironment.Add(result, new Service { Metadata = new() { Name = "x" }, Spec = new() { ClusterIP = "None", Ports = [new() { Port = 1 }] } });
        Assert.That(result, Is.Empty);
    }
}
