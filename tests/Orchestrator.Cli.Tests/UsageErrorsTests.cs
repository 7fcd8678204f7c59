using System.CommandLine;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Commands.Containers;

namespace Orchestrator.Cli.Tests;

internal sealed class UsageErrorsTests
{
    [TestCase("exec", "<pod> is missing", "<command> is missing")]
    [TestCase("up --nodes abc", "--nodes: 'abc' is not a whole number")]
    [TestCase("up --node-cpu x", "--node-cpu: 'x' is not a number")]
    [TestCase("why pod/x -o nonsense", "Argument 'nonsense' not recognized. Must be one of: 'table' 'json' 'yaml'")]
    [TestCase("ctr stop", "<container> is missing")]
    public void WhatIsWrong_IsNamedOnceAndInOneLine(string line, params string[] expected)
    {
        var root = new RootCommand { ExecCommand.Create(), UpCommand.Create(), WhyCommand.Create(), ContainerCommand.Create() };

        Assert.That(UsageErrors.Describe(root.Parse(line)), Is.EqualTo(expected));
    }
}
