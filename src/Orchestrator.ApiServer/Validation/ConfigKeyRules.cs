namespace Orchestrator.ApiServer.Validation;

/// <summary>Keys of config maps and secrets: they become file names.</summary>
internal static class ConfigKeyRules
{
    private const string FormFault =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
        + "regex used for validation is '[-._a-zA-Z0-9]+')";

    /// <summary>Null when the key is fine.</summary>
    public static string? Fault(string key)
    {
        if (key.Length > 253)
            return "must be no more than 253 bytes";
        if (key.Length == 0)
            return FormFault;
        foreach (var letter in key)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
                return FormFault;
        }

        if (key == ".")
            return "must not be '.'";
        if (key == "..")
            return "must not be '..'";
        return key.StartsWith("..", StringComparison.Ordinal) ? "must not start with '..'" : null;
    }
}
