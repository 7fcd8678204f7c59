using System.Globalization;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Selectors;

public enum LabelOperator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan }

/// <summary>One condition on one label.</summary>
public sealed class LabelRequirement(string key, LabelOperator @operator, IReadOnlyList<string> values)
{
    public string Key { get; } = key;

    public LabelOperator Operator { get; } = @operator;

    public IReadOnlyList<string> Values { get; } = values;

    /// <exception cref="FormatException">The operator is unknown, or its values do not suit it.</exception>
    public static LabelRequirement Of(LabelSelectorRequirement requirement)
    {
        var values = requirement.Values ?? [];
        var @operator = requirement.Operator switch
        {
            "In" => LabelOperator.In,
            "NotIn" => LabelOperator.NotIn,
            "Exists" => LabelOperator.Exists,
            "DoesNotExist" => LabelOperator.DoesNotExist,
            _ => throw new FormatException($"\"{requirement.Operator}\" is not a valid label selector operator"),
        };
        if (@operator is LabelOperator.In or LabelOperator.NotIn && values.Count == 0)
            throw new FormatException("for 'in', 'notin' operators, values set can't be empty");
        if (@operator is LabelOperator.Exists or LabelOperator.DoesNotExist && values.Count > 0)
            throw new FormatException("values set must be empty for exists and does not exist");
        return new LabelRequirement(requirement.Key ?? "", @operator, values);
    }

    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        string? value = null;
        var present = labels is not null && labels.TryGetValue(Key, out value);
        return Operator switch
        {
            LabelOperator.In => present && Values.Contains(value),
            LabelOperator.NotIn => !present || !Values.Contains(value),
            LabelOperator.Exists => present,
            LabelOperator.DoesNotExist => !present,
            LabelOperator.GreaterThan => present && TryNumber(value!, out var number) && TryNumber(Values[0], out var limit) && number > limit,
            _ => present && TryNumber(value!, out var number) && TryNumber(Values[0], out var limit) && number < limit,
        };
    }

    public override string ToString() => Operator switch
    {
        LabelOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        LabelOperator.In => $"{Key} in ({string.Join(',', Values)})",
        LabelOperator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
        LabelOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        LabelOperator.Exists => Key,
        LabelOperator.DoesNotExist => $"!{Key}",
        LabelOperator.GreaterThan => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
