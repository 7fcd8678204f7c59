namespace Orchestrator.ApiServer.Validation;

/// <summary>Port numbers and names, protocols, IP addresses and other parts of network fields.</summary>
internal static class PortRules
{
    public const string NumberFault = "must be between 1 and 65535, inclusive";

    public static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    public static void CheckNumber(int? port, FieldPath path, FieldErrors errors)
    {
        if (port is not (>= 1 and <= 65535))
            errors.Invalid(path, port ?? 0, NumberFault);
    }

    public static void CheckProtocol(string? protocol, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(protocol))
            errors.Required(path);
        else if (!Protocols.Contains(protocol))
            errors.NotSupported(path, protocol, Protocols);
    }

    /// <summary>IANA service names (RFC 6335): what container ports are called.</summary>
    public static void CheckName(string name, FieldPath path, FieldErrors errors)
    {
        foreach (var fault in NameFaults(name))
            errors.Invalid(path, name, fault);
    }

    public static IEnumerable<string> NameFaults(string name)
    {
        if (name.Length > 15)
            yield return "must be no more than 15 characters";
        var hasLetter = false;
        var hasOther = name.Length == 0;
        foreach (var letter in name)
        {
            hasLetter |= char.IsAsciiLetterLower(letter);
            hasOther |= !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-';
        }

        if (hasOther)
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!hasLetter)
            yield return "must contain at least one letter (a-z)";
        if (name.Contains("--", StringComparison.Ordinal))
            yield return "must not contain consecutive hyphens";
        if (name.Length > 0 && (name[0] == '-' || name[^1] == '-'))
            yield return "must not begin or end with a hyphen";
    }

    /// <summary>A port by number or by name, as probes and target ports give it.</summary>
    public static void CheckNumberOrName(Api.IntOrString? port, FieldPath path, FieldErrors errors)
    {
        if (port is { IsString: true } named)
            CheckName(named.Text, path, errors);
        else
            CheckNumber(port?.Value, path, errors);
    }

    /// <summary>An address in its one canonical text form.</summary>
    public static bool IsAddress(string? text) => System.Net.IPAddress.TryParse(text, out var address) && IsCanonical(address, text);

    public static void CheckAddress(string? text, FieldPath path, FieldErrors errors)
    {
        if (!IsAddress(text))
            errors.Invalid(path, text ?? "", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }

    // The parser also takes "1", "0x7f.1" and zone suffixes, which mean different things to different programs.
    private static bool IsCanonical(System.Net.IPAddress address, string text) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        ? address.ToString() == text
        : !text.Contains('%') && !text.Contains('[');
}
