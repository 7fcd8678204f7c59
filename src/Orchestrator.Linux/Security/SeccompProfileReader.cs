using System.Text.Json;

namespace Orchestrator.Linux.Security;

/// <summary>
/// Reads a profile as the OCI runtime specification (config-linux.md, seccomp) writes it, and in the form with "includes" and
/// "excludes" of capabilities that container engines keep on disk. Localhost profiles of pods are such files.
/// </summary>
public static class SeccompProfileReader
{
    private const int DefaultErrno = Errno.EPERM;

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidDataException">It is no profile.</exception>
    public static SeccompProfile Read(ReadOnlyMemory<byte> json, CapabilitySet capabilities)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("defaultAction", out var defaultAction))
            throw new InvalidDataException("defaultAction is missing");
        var rules = new List<SeccompRule>();
        if (root.TryGetProperty("syscalls", out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
            {
                if (Applies(call, capabilities))
                    rules.Add(ReadRule(call));
            }
        }

        return new SeccompProfile(ReadAction(defaultAction, Number(root, "defaultErrnoRet")), rules);
    }

    private static bool Applies(JsonElement call, CapabilitySet capabilities)
    {
        var included = call.TryGetProperty("includes", out var includes) ? Names(includes, "caps") : [];
        var excluded = call.TryGetProperty("excludes", out var excludes) ? Names(excludes, "caps") : [];
        return included.All(capabilities.Contains) && !excluded.Any(capabilities.Contains);
    }

    private static SeccompRule ReadRule(JsonElement call)
    {
        if (!call.TryGetProperty("action", out var action))
            throw new InvalidDataException("a rule has no action");
        var conditions = new List<SeccompCondition>();
        if (call.TryGetProperty("args", out var arguments) && arguments.ValueKind == JsonValueKind.Array)
        {
            foreach (var argument in arguments.EnumerateArray())
                conditions.Add(ReadCondition(argument));
        }

        return new SeccompRule(ReadAction(action, Number(call, "errnoRet")), Names(call, "names"), conditions);
    }

    private static SeccompCondition ReadCondition(JsonElement argument)
    {
        var (index, value) = (Number(argument, "index") ?? 0, Number(argument, "value") ?? 0);
        var second = Number(argument, "valueTwo") ?? 0;
        if (index > 5)
            throw new InvalidDataException($"argument {index} is beyond the sixth");
        var text = argument.TryGetProperty("op", out var operation) ? operation.GetString() : null;
        return text switch
        {
            "SCMP_CMP_EQ" => new((int)index, SeccompComparison.Equal, value),
            "SCMP_CMP_NE" => new((int)index, SeccompComparison.NotEqual, value),
            "SCMP_CMP_LT" => new((int)index, SeccompComparison.Less, value),
            "SCMP_CMP_LE" => new((int)index, SeccompComparison.LessOrEqual, value),
            "SCMP_CMP_GT" => new((int)index, SeccompComparison.Greater, value),
            "SCMP_CMP_GE" => new((int)index, SeccompComparison.GreaterOrEqual, value),
            "SCMP_CMP_MASKED_EQ" => new((int)index, SeccompComparison.MaskedEqual, second, value),
            _ => throw new InvalidDataException($"comparison \"{text}\" is unknown"),
        };
    }

    private static SeccompAction ReadAction(JsonElement action, ulong? errno) => action.GetString() switch
    {
        "SCMP_ACT_ALLOW" => SeccompAction.Allow,
        "SCMP_ACT_ERRNO" => SeccompAction.Error((int)(errno ?? DefaultErrno)),
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompAction.KillThread,
        "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
        "SCMP_ACT_TRAP" => SeccompAction.Trap,
        "SCMP_ACT_LOG" => SeccompAction.Log,
        var other => throw new InvalidDataException($"action \"{other}\" is unknown"),
    };

    private static ulong? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number) ? number : null;

    private static IReadOnlyList<string> Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(static item => item.GetString() ?? "").ToArray()
            : [];
}
