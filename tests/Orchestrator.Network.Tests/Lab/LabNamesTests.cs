using Orchestrator.Network.Lab;

namespace Orchestrator.Network.Tests.Lab;

[TestFixture]
public class LabNamesTests
{
    [TestCase("lab", ExpectedResult = "orc-lab")]
    [TestCase("elevenchars", ExpectedResult = "orc-elevenchars")]
    public string Bridge_NameFits_KeepsIt(string lab) => LabNames.Bridge(lab);

    [Test]
    public void LinkNames_LongLab_FitAndDiffer()
    {
        string[] names = [LabNames.Bridge("a-very-long-lab-name-1"), LabNames.Bridge("a-very-long-lab-name-2"),
            LabNames.NodeLink("a-very-long-lab-name-1", "node1"), LabNames.NodeLink("a-very-long-lab-name-1", "node2")];
        Assert.That(names, Is.Unique);
        Assert.That(names.Select(name => name.Length), Is.All.LessThanOrEqualTo(15));
    }
}
