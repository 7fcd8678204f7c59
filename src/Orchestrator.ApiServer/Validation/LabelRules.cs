using System.Text;

namespace Orchestrator.ApiServer.Validation;

/// <summary>The forms of label keys and values, annotations, ports and other small texts. Faults are in Kubernetes' words.</summary>
public static class LabelRules
{
    /// <summary>All annotations of an object together, keys and values.</summary>
    public const int MaxAnnotationBytes = 256 * 1024;

    private const string QualifiedNameFault =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueFault =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>"app", "app.kubernetes.io/name": label and annotation keys, resource names, taint keys.</summary>
    public static IEnumerable<string> QualifiedNameFaults(string value)
    {
        var name = value;
        switch (value.Split('/'))
        {
            case [_]:
                break;
            case [var prefix, var rest]:
                name = rest;
                if (prefix.Length == 0)
                    yield return "prefix part must be non-empty";
                else if (Registry.NameRules.DnsSubdomain(prefix) is { } fault)
                    yield return $"prefix part {fault}";
                break;
            default:
                yield return "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
                    + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                    + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
                yield break;
        }

        if (name.Length == 0)
            yield return "name part must be non-empty";
        else if (name.Length > 63)
            yield return "name part must be no more than 63 bytes";
        if (!IsNameText(name))
            yield return QualifiedNameFault;
    }

    public static IEnumerable<string> ValueFaults(string value)
    {
        if (value.Length > 63)
            yield return "must be no more than 63 bytes";
        if (value.Length > 0 && !IsNameText(value))
            yield return ValueFault;
    }

    public static void CheckQualifiedName(string value, FieldPath path, FieldErrors errors)
    {
        foreach (var fault in QualifiedNameFaults(value))
            errors.Invalid(path, value, fault);
    }

    public static void CheckLabels(IReadOnlyDictionary<string, string>? labels, FieldPath path, FieldErrors errors)
    {
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
            CheckLabel(key, value ?? "", path, errors);
    }

    public static void CheckLabel(string key, string value, FieldPath path, FieldErrors errors)
    {
        CheckQualifiedName(key, path, errors);
        foreach (var fault in ValueFaults(value))
            errors.Invalid(path, value, fault);
    }

    /// <summary>Like a label's key, except that its prefix may have letters of both cases.</summary>
    public static void CheckAnnotationKey(string key, FieldPath path, FieldErrors errors)
    {
        foreach (var fault in QualifiedNameFaults(key.ToLowerInvariant()))
            errors.Invalid(path, key, fault);
    }

    public static void CheckAnnotations(IReadOnlyDictionary<string, string>? annotations, FieldPath path, FieldErrors errors)
    {
        long total = 0;
        foreach (var (key, value) in annotations ?? new Dictionary<string, string>())
        {
            CheckAnnotationKey(key, path, errors);
            total += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value ?? "");
        }

        if (total > MaxAnnotationBytes)
            errors.TooLong(path, MaxAnnotationBytes);
    }

    private static bool IsNameText(string text)
    {
        if (text.Length == 0 || !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
            return false;
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
                return false;
        }

        return true;
    }
}
