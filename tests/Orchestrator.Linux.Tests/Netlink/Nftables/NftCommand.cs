using System.Diagnostics;

namespace Orchestrator.Linux.Tests.Netlink.Nftables;

/// <summary>The nft(8) program inside a namespace: the reference our own encoder is held against.</summary>
internal static class NftCommand
{
    public static string List(TestNamespace place) => Run(place, "", "-s", "list", "ruleset");

    public static void Load(TestNamespace place, string script) => Run(place, script, "-f", "-");

    private static string Run(TestNamespace place, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", place.Name, "nft", .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"nft: {error}\n{input}");
        return output;
    }
}
