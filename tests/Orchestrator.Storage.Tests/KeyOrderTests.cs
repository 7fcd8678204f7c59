using System.Text;

namespace Orchestrator.Storage.Tests;

[TestFixture]
internal sealed class KeyOrderTests
{
    private static readonly string[] Samples =
        ["", "a", "aa", "ab", "b", "a\0", "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "a\ue000", "a\U00010000", "a\U00010001"];

    [Test]
    public void Compare_AnyTwoKeys_AgreesWithTheirBytes()
    {
        foreach (var left in Samples)
        {
            foreach (var right in Samples)
            {
                var expected = Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
                Assert.That(Math.Sign(KeyOrder.Instance.Compare(left, right)), Is.EqualTo(Math.Sign(expected)), $"'{left}' and '{right}'");
            }
        }
    }

    [Test]
    public void EndOfPrefix_EveryKeyWithThePrefix_LiesBeforeIt()
    {
        foreach (var prefix in Samples.Where(sample => sample.Length > 0))
        {
            var end = KeyOrder.EndOfPrefix(prefix);
            foreach (var tail in Samples)
                Assert.That(Encoding.UTF8.GetBytes(prefix + tail).AsSpan().SequenceCompareTo(end), Is.Negative);
            Assert.That(Encoding.UTF8.GetBytes(prefix).AsSpan().SequenceCompareTo(end), Is.Negative);
        }
        Assert.That(KeyOrder.EndOfPrefix(""), Is.Empty);
    }

    [Test]
    public void Encoding_LoneSurrogate_IsRefused() =>
        Assert.Throws<EncoderFallbackException>(() => KeyOrder.Encoding.GetBytes("a\ud800"));
}
