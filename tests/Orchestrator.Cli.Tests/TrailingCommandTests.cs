using System.CommandLine;
using Orchestrator.Cli.Commands.Containers;

namespace Orchestrator.Cli.Tests;

internal sealed class TrailingCommandTests
{
    private static readonly RootCommand Root = new() { ContainerCommand.Create() };

    [TestCase("ctr exec web ls -l", "ctr exec -- web ls -l")]
    [TestCase("ctr exec -it web -- sh -c x", "ctr exec -it -- web sh -c x")]
    [TestCase("ctr exec -- web ls", "ctr exec -- web ls")]
    [TestCase("ctr exec", "ctr exec")]
    [TestCase("ctr ps -x", "ctr ps -x")]
    public void WhatFollowsTheContainer_IsTheCommandsOwn(string given, string expected) =>
        Assert.That(string.Join(' ', TrailingCommand.Separate(Root, given.Split(' '), "ctr", "exec")), Is.EqualTo(expected));
}
