using System.Globalization;
using System.Text;

namespace Orchestrator.Runtime.Builder;

/// <summary>What a person sees of a build. Used by one thread at a time.</summary>
internal sealed class BuildOutput(Stream stream, TimeProvider time)
{
    private readonly long began = time.GetTimestamp();

    public int Steps { get; private set; }

    public int CachedSteps { get; private set; }

    /// <summary>Where commands print.</summary>
    public Stream Stream => stream;

    public void Step(string stage, int number, int count, string instruction) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"[{stage} {number}/{count}] {instruction}"));

    public void StepDone(bool cached)
    {
        Steps++;
        if (!cached)
            return;
        CachedSteps++;
        Line("  cached");
    }

    public void Note(string text) => Line("  note: " + text);

    public void Finished(string id, IReadOnlyList<string> tags)
    {
        var names = tags.Count == 0 ? "" : " as " + string.Join(", ", tags);
        Line(string.Create(CultureInfo.InvariantCulture, $"built {id}{names} in {time.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }

    private void Line(string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
        stream.Flush();
    }
}
