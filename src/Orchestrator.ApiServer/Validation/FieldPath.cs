using System.Globalization;

namespace Orchestrator.ApiServer.Validation;

/// <summary>Where in an object a field is, e.g. <c>spec.containers[0].env[FOO]</c>. Immutable; the text is built when asked for.</summary>
public sealed class FieldPath
{
    private readonly FieldPath? parent;
    private readonly string segment;
    private readonly bool inBrackets;

    private FieldPath(FieldPath? parent, string segment, bool inBrackets)
    {
        this.parent = parent;
        this.segment = segment;
        this.inBrackets = inBrackets;
    }

    public static FieldPath Of(string name) => new(null, name, false);

    public FieldPath Child(string name) => new(this, name, false);

    public FieldPath Child(string name, string grandchild) => Child(name).Child(grandchild);

    public FieldPath Index(int index) => new(this, index.ToString(CultureInfo.InvariantCulture), true);

    /// <summary>An entry of a map: <c>data[key]</c>.</summary>
    public FieldPath Key(string key) => new(this, key, true);

    public override string ToString()
    {
        if (parent is null)
            return inBrackets ? $"[{segment}]" : segment;
        return inBrackets ? $"{parent}[{segment}]" : $"{parent}.{segment}";
    }
}
