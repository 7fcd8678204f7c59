using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Selectors;

/// <summary>
/// A label selector ready to be asked: all its requirements must hold. Made from the structured form or from the text of a query
/// (<c>app=web,tier in (a,b),!legacy,n&gt;3</c>). Immutable.
/// </summary>
public sealed class LabelMatcher
{
    private readonly LabelRequirement[] requirements;

    public LabelMatcher(IEnumerable<LabelRequirement> requirements) => this.requirements = [.. requirements];

    public static LabelMatcher Everything { get; } = new([]);

    /// <summary>Matches nothing: what an absent structured selector means.</summary>
    public static LabelMatcher Nothing { get; } = new([new LabelRequirement("", LabelOperator.In, [])]);

    public IReadOnlyList<LabelRequirement> Requirements => requirements;

    public bool IsEverything => requirements.Length == 0;

    /// <summary>An absent selector matches nothing, an empty one everything.</summary>
    /// <exception cref="FormatException">An operator is unknown, or has values where it may have none or the reverse.</exception>
    public static LabelMatcher Of(LabelSelector? selector)
    {
        if (selector is null)
            return Nothing;
        var all = new List<LabelRequirement>();
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>())
            all.Add(new LabelRequirement(key, LabelOperator.In, [value]));
        foreach (var expression in selector.MatchExpressions ?? [])
            all.Add(LabelRequirement.Of(expression));
        return all.Count == 0 ? Everything : new LabelMatcher(all);
    }

    /// <summary>All these labels with these values, as in a Service's selector.</summary>
    public static LabelMatcher Of(IReadOnlyDictionary<string, string> labels) =>
        new(labels.Select(label => new LabelRequirement(label.Key, LabelOperator.In, [label.Value])));

    /// <exception cref="FormatException">The text is not a label selector; the message says where and why.</exception>
    public static LabelMatcher Parse(string text) => LabelSelectorParser.Parse(text);

    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }

        return true;
    }

    public override string ToString() => string.Join(',', requirements.Select(r => r.ToString()));
}
