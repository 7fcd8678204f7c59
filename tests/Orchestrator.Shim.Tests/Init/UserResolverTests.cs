using Orchestrator.Shim.Init;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Tests.Init;

[TestFixture]
internal sealed class UserResolverTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\nbroken line\n#no:x:1:1::/:\nweb:x:33:34:web:/var/www:/bin/sh\nhuge:x:99999999999:1::/:\n";
    private const string Group = "root:x:0:\nweb:x:34:\nlogs:x:40:web,root\nother:x:41:someone,webby\nbad:x:none:web\n";

    [TestCase("", 0, 0, new long[] { 0, 40 }, "/root")]
    [TestCase("0", 0, 0, new long[] { 0, 40 }, "/root")]
    [TestCase("web", 33, 34, new long[] { 34, 40 }, "/var/www")]
    [TestCase("33", 33, 34, new long[] { 34, 40 }, "/var/www")]
    [TestCase("500", 500, 0, new long[] { 0 }, "/")]
    public void Resolve_User_HasNumbersGroupsAndHome(string user, long uid, long gid, long[] groups, string home)
    {
        var credentials = UserResolver.Resolve(new UserSpec(user, null, [], MergeImageGroups: true), Passwd, Group);

        Assert.That((credentials.Uid, credentials.Gid, credentials.Home), Is.EqualTo((uid, gid, home)));
        Assert.That(credentials.Groups, Is.EqualTo(groups));
    }

    [Test]
    public void Resolve_StrictGroups_LeavesOutThoseOfTheImage()
    {
        var credentials = UserResolver.Resolve(new UserSpec("web", "logs", [7, 40, 7], MergeImageGroups: false), Passwd, Group);

        Assert.That(credentials.Gid, Is.EqualTo(40));
        Assert.That(credentials.Groups, Is.EqualTo(new long[] { 40, 7 }));
    }

    [TestCase("ghost", null, "unable to find user ghost: no matching entries in passwd file")]
    [TestCase("huge", null, "unable to find user huge: no matching entries in passwd file")]
    [TestCase("web", "ghosts", "unable to find group ghosts: no matching entries in group file")]
    [TestCase("-1", null, "unable to find user -1: no matching entries in passwd file")]
    public void Resolve_UnknownName_SaysWhich(string user, string? group, string message)
    {
        var failure = Assert.Throws<StartException>(() => UserResolver.Resolve(new UserSpec(user, group, [], true), Passwd, Group))!;

        Assert.That(failure.Message, Is.EqualTo(message));
    }

    [Test]
    public void Encode_ManyGroupsAndLongHome_StayInTheirPlaces()
    {
        var block = CredentialBlock.Encode(new Credentials(1, 2, [.. Enumerable.Range(0, 400).Select(static group => (long)group)], new string('h', 900)));

        Assert.Multiple(() =>
        {
            Assert.That(block, Has.Length.EqualTo(CredentialBlock.Size));
            Assert.That(BitConverter.ToInt64(block, 16), Is.EqualTo(CredentialBlock.MaximumGroups));
            Assert.That(block[CredentialBlock.HomeOffset..(CredentialBlock.HomeOffset + 7)], Is.EqualTo("HOME=/\0"u8.ToArray()));
        });
    }
}
