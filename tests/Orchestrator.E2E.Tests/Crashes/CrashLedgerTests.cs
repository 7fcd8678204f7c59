using System.Text.Json.Nodes;

namespace Orchestrator.E2E.Crashes;

/// <summary>The ledger sees what it is there to see. No server is needed for that.</summary>
[Category("Crash")]
public sealed class CrashLedgerTests
{
    private readonly List<LogEvent> log = [];
    private readonly Dictionary<string, CrashObject> objects = [];
    private CrashLedger ledger = null!;

    /// <summary>"kept" was created and changed, "gone" created and deleted, and all of it is seen.</summary>
    [SetUp]
    public void WriteAndVerify()
    {
        ledger = new CrashLedger();
        Tell("kept", CrashClient.Added, "a", 201, 10);
        Tell("kept", CrashClient.Modified, "b", 200, 11);
        Tell("gone", CrashClient.Added, "c", 201, 12);
        Tell("gone", CrashClient.Deleted, null, 200, 0);
        log.Clear();
        log.AddRange([new(10, "ADDED", "kept", "a"), new(11, "MODIFIED", "kept", "b"), new(12, "ADDED", "gone", "c"), new(13, "DELETED", "gone", "c")]);
        objects.Clear();
        objects["kept"] = new CrashObject("b", 11);
        objects["kube-root-ca.crt"] = new CrashObject("", 5);
    }

    [Test]
    public void Verify_WhatWasTold_IsTrue() => Verify();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Log_LacksAnAcknowledgedWrite_IsSeen(int index)
    {
        log.RemoveAt(index);
        AssertSeen("the log has");
    }

    [Test]
    public void Log_HasAnotherRevisionThanWasTold_IsSeen()
    {
        log[0] = log[0] with { Revision = 9 };
        AssertSeen("kept: the log has");
    }

    [Test]
    public void Log_HasAnotherValue_IsSeen()
    {
        log[1] = log[1] with { Value = "x" };
        AssertSeen("kept: the log has");
    }

    [Test]
    public void Log_HasAWriteTwice_IsSeen()
    {
        log.Add(new LogEvent(14, "DELETED", "gone", "c"));
        AssertSeen("gone: the log has");
    }

    [Test]
    public void Log_HasAnObjectNobodyAskedFor_IsSeen()
    {
        log.Add(new LogEvent(14, "ADDED", "phantom", ""));
        AssertSeen("nobody asked for phantom, and the log has it");
    }

    [Test]
    public void Log_HasARefusedWrite_IsSeen()
    {
        Tell("kept", CrashClient.Modified, "refused", 503, 0);
        log.Add(new LogEvent(14, "MODIFIED", "kept", "refused"));
        AssertSeen("kept: the log has");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Log_HasAnUnknownWriteOrNot_SettlesIt(bool wasDone)
    {
        Tell("kept", CrashClient.Modified, "perhaps", 504, 0);
        if (wasDone)
            log.Add(new LogEvent(14, "MODIFIED", "kept", "perhaps"));
        objects["kept"] = wasDone ? new CrashObject("perhaps", 14) : new CrashObject("b", 11);
        Verify();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Objects_ContradictTheLogOnAnUnknownWrite_IsSeen(bool wasDone)
    {
        Tell("kept", CrashClient.Modified, "perhaps", 504, 0);
        if (wasDone)
            log.Add(new LogEvent(14, "MODIFIED", "kept", "perhaps"));
        objects["kept"] = wasDone ? new CrashObject("b", 11) : new CrashObject("perhaps", 14);
        AssertSeen("kept is not as it was told to be");
    }

    [Test]
    public void Log_HasAnUnknownWriteOnlyInALaterRound_IsSeen()
    {
        Tell("kept", CrashClient.Modified, "perhaps", 0, 0);
        Verify();
        log.Clear();
        log.Add(new LogEvent(14, "MODIFIED", "kept", "perhaps"));
        AssertSeen("kept: the log has");
    }

    [Test]
    public void Object_LostInALaterRound_IsSeen()
    {
        Verify();
        log.Clear();
        objects.Remove("kept");
        AssertSeen("kept is not as it was told to be");
    }

    [Test]
    public void Object_OfAnEarlierRoundBackFromTheDead_IsSeen()
    {
        Verify();
        log.Clear();
        objects["gone"] = new CrashObject("c", 12);
        AssertSeen("gone is not as it was told to be");
    }

    [Test]
    public void Object_BackToAnEarlierRevision_IsSeen()
    {
        objects["kept"] = new CrashObject("a", 10);
        AssertSeen("kept is not as it was told to be");
    }

    [Test]
    public void Object_NobodyAskedFor_IsSeen()
    {
        objects["phantom"] = new CrashObject("", 14);
        AssertSeen("nobody asked for phantom, and it is there");
    }

    [TestCase(400)]
    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(409)]
    [TestCase(422)]
    [TestCase(500)]
    public void Answer_ThatNoFaultExplains_IsSeen(int status)
    {
        Tell("kept", CrashClient.Modified, "x", status, 0);
        AssertSeen("answers that no fault explains");
    }

    private void Tell(string name, string type, string? value, int status, long revision)
    {
        ledger.Begin(name, type, value);
        ledger.End(name, new Answer(status, new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = $"{revision}" } }));
    }

    private void AssertSeen(string what)
    {
        // Else a failed assertion within would fail this test, though it is caught.
        using (new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext())
            Assert.That(Verify, Throws.InstanceOf<AssertionException>().With.Message.Contains(what));
    }

    private void Verify()
    {
        ledger.VerifyLog(log);
        ledger.VerifyObjects(objects);
    }
}
