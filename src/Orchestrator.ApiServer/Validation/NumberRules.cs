namespace Orchestrator.ApiServer.Validation;

/// <summary>Ranges of numbers.</summary>
internal static class NumberRules
{
    public static void CheckNotNegative(long? value, FieldPath path, FieldErrors errors)
    {
        if (value < 0)
            errors.Invalid(path, value, "must be greater than or equal to 0");
    }

    public static void CheckPositive(long? value, FieldPath path, FieldErrors errors)
    {
        if (value <= 0)
            errors.Invalid(path, value, "must be greater than 0");
    }

    /// <summary>User and group ids.</summary>
    public static void CheckId(long? value, FieldPath path, FieldErrors errors)
    {
        if (value is < 0 or > int.MaxValue)
            errors.Invalid(path, value, $"must be between 0 and {int.MaxValue}, inclusive");
    }
}
