using Orchestrator.Linux;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>Only what says that the disk is bad makes the store distrust it: it then takes no write before it is started again.</summary>
internal sealed class SqliteErrorsTests
{
    private const int WriteFailed = 10 | (3 << 8), NoMemory = 10 | (12 << 8);

    [TestCase(WriteFailed, Errno.EIO, StoreError.Unavailable, true)]
    [TestCase(WriteFailed, 0, StoreError.Unavailable, true)]
    [TestCase(WriteFailed, Errno.EDQUOT, StoreError.NoSpace, false)]
    [TestCase(WriteFailed, Errno.EFBIG, StoreError.NoSpace, false)]
    [TestCase(NoMemory, Errno.ENOMEM, StoreError.Unavailable, false)]
    [TestCase(13, 0, StoreError.NoSpace, false)]
    public void Translate_IoError_TellsNoRoomFromABadDisk(int code, int errno, StoreError expected, bool isDiskFault)
    {
        var error = SqliteErrors.Translate(code, "commit", "it failed", errno);
        Assert.That((error.Error, error.IsDiskFault), Is.EqualTo((expected, isDiskFault)));
    }
}
