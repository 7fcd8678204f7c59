using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Content;

[TestFixture]
internal sealed class ContentStoreTests
{
    private TemporaryDirectory directory = null!;
    private ContentStore store = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TemporaryDirectory();
        store = new ContentStore(new ImageRoot(directory["images"]));
    }

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public void Ingest_RightDigest_PublishesTheContent()
    {
        var digest = Digest.Of("text"u8);
        var info = store.Ingest(new MemoryStream("text"u8.ToArray()), digest, 100, default);

        Assert.That(info, Is.EqualTo(new ContentInfo(digest, 4)));
        Assert.That(store.ReadDocument(digest), Is.EqualTo("text"u8.ToArray()));
    }

    [Test]
    public void Ingest_WrongDigest_LeavesNothing()
    {
        var e = Assert.Throws<RuntimeException>(() => store.Ingest(new MemoryStream([1]), Digest.Of([2]), 100, default))!;

        Assert.That(e.Message, Does.Contain("expected " + Digest.Of([2])));
        Assert.That(Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Ingest_LongerThanAllowed_StopsEarly()
    {
        using var endless = new EndlessStream();
        Assert.That(() => store.Ingest(endless, null, 3_000_000, default), Throws.TypeOf<RuntimeException>());
        Assert.That(Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void OpenRead_Absent_IsNotFound() =>
        Assert.That(() => store.OpenRead(Digest.Of([1])), Throws.TypeOf<RuntimeException>().With.Property("Error").EqualTo(RuntimeError.NotFound));

    [TestCase("sha256:ABC")]
    [TestCase("sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [TestCase("sha256:../../../../../../../../../../../../../../../../../../../etc/passwd")]
    [TestCase("sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [TestCase("")]
    public void Digest_Malformed_IsRefused(string text) => Assert.That(Digest.TryParse(text, out _), Is.False);

    [Test]
    public void ReadAhead_FailureOfTheSource_SurfacesInRead()
    {
        using var stream = new ReadAheadStream(new FailingStream(3_000_000));
        var buffer = new byte[100_000];
        long total = 0;
        Assert.That(() =>
        {
            int count;
            while ((count = stream.Read(buffer)) > 0)
                total += count;
        }, Throws.TypeOf<InvalidDataException>());
        Assert.That(total, Is.GreaterThanOrEqualTo(2_000_000));
    }

    [Test]
    public void ReadAhead_DisposedEarly_EndsItsThread()
    {
        var endless = new EndlessStream();
        var stream = new ReadAheadStream(endless);
        stream.ReadExactly(new byte[10]);
        stream.Dispose();

        Assert.That(endless.IsDisposed, Is.True);
    }

    private sealed class EndlessStream : ForwardStream
    {
        public bool IsDisposed { get; private set; }

        public override int Read(Span<byte> buffer) => buffer.Length;

        protected override void Dispose(bool disposing) => IsDisposed = true;
    }

    private sealed class FailingStream(int length) : ForwardStream
    {
        private int left = length;

        public override int Read(Span<byte> buffer)
        {
            if (left == 0)
                throw new InvalidDataException("damaged");
            var count = Math.Min(left, buffer.Length);
            left -= count;
            return count;
        }
    }
}
