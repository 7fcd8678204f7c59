namespace Orchestrator.ApiServer.Registry;

/// <summary>The forms of names. Each returns null, or the fault in Kubernetes' words.</summary>
public static class NameRules
{
    private const string SubdomainFault =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelFault =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Label1035Fault =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
        + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>RFC 1123 subdomain, at most 253 bytes. A prefix (generateName) may end with '-' or '.'.</summary>
    public static string? DnsSubdomain(string name, bool isPrefix = false)
    {
        if (name.Length > 253)
            return "must be no more than 253 bytes";
        var text = Mask(name, isPrefix);
        foreach (var part in text.Split('.'))
        {
            if (!IsLabel(part))
                return SubdomainFault;
        }

        return null;
    }

    /// <summary>RFC 1123 label, at most 63 bytes.</summary>
    public static string? DnsLabel(string name, bool isPrefix = false)
    {
        if (name.Length > 63)
            return "must be no more than 63 bytes";
        return IsLabel(Mask(name, isPrefix)) ? null : LabelFault;
    }

    /// <summary>RFC 1035 label: like <see cref="DnsLabel"/>, but starts with a letter. Names of Services.</summary>
    public static string? Dns1035Label(string name, bool isPrefix = false)
    {
        if (name.Length > 63)
            return "must be no more than 63 bytes";
        var text = Mask(name, isPrefix);
        return IsLabel(text) && !char.IsAsciiDigit(text[0]) ? null : Label1035Fault;
    }

    /// <summary>What may stand in a URL path: everything but ".", "..", '/' and '%'. Names of RBAC objects.</summary>
    public static string? PathSegment(string name, bool isPrefix = false)
    {
        if (!isPrefix && name == ".")
            return "may not be '.'";
        if (!isPrefix && name == "..")
            return "may not be '..'";
        if (name.Contains('/'))
            return "may not contain '/'";
        return name.Contains('%') ? "may not contain '%'" : null;
    }

    private static string Mask(string name, bool isPrefix) => isPrefix && name.Length > 1 && name[^1] is ('-' or '.') ? name[..^1] + "a" : name;

    private static bool IsLabel(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || text[0] == '-' || text[^1] == '-')
            return false;
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')
                return false;
        }

        return true;
    }
}
