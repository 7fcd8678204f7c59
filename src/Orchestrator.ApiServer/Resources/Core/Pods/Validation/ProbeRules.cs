using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks probes and lifecycle hooks.</summary>
internal static class ProbeRules
{
    /// <param name="succeedsAtOnce">Liveness and startup probes: one success is all there can be.</param>
    public static void Check(Probe? probe, bool succeedsAtOnce, FieldPath path, FieldErrors errors)
    {
        if (probe is null)
            return;
        var count = Count(probe.Exec, probe.HttpGet, probe.TcpSocket, probe.Grpc);
        CheckOne(count, path, errors);
        CheckActions(probe.Exec, probe.HttpGet, probe.TcpSocket, path, errors);
        if (probe.Grpc is { } grpc)
            PortRules.CheckNumber(grpc.Port, path.Child("grpc", "port"), errors);
        NumberRules.CheckNotNegative(probe.InitialDelaySeconds, path.Child("initialDelaySeconds"), errors);
        NumberRules.CheckNotNegative(probe.TimeoutSeconds, path.Child("timeoutSeconds"), errors);
        NumberRules.CheckNotNegative(probe.PeriodSeconds, path.Child("periodSeconds"), errors);
        NumberRules.CheckNotNegative(probe.SuccessThreshold, path.Child("successThreshold"), errors);
        NumberRules.CheckNotNegative(probe.FailureThreshold, path.Child("failureThreshold"), errors);
        if (succeedsAtOnce && probe.SuccessThreshold is { } threshold && threshold != 1)
            errors.Invalid(path.Child("successThreshold"), threshold, "must be 1");
        if (!succeedsAtOnce && probe.TerminationGracePeriodSeconds is { } unwanted)
            errors.Invalid(path.Child("terminationGracePeriodSeconds"), unwanted, "must not be set for readinessProbes");
        else
            NumberRules.CheckPositive(probe.TerminationGracePeriodSeconds, path.Child("terminationGracePeriodSeconds"), errors);
    }

    public static void CheckLifecycle(Lifecycle? lifecycle, FieldPath path, FieldErrors errors)
    {
        CheckHandler(lifecycle?.PostStart, path.Child("postStart"), errors);
        CheckHandler(lifecycle?.PreStop, path.Child("preStop"), errors);
    }

    private static void CheckHandler(LifecycleHandler? handler, FieldPath path, FieldErrors errors)
    {
        if (handler is null)
            return;
        CheckOne(Count(handler.Exec, handler.HttpGet, handler.TcpSocket, handler.Sleep), path, errors);
        CheckActions(handler.Exec, handler.HttpGet, handler.TcpSocket, path, errors);
        NumberRules.CheckNotNegative(handler.Sleep?.Seconds, path.Child("sleep", "seconds"), errors);
    }

    private static int Count(params ReadOnlySpan<object?> actions)
    {
        var count = 0;
        foreach (var action in actions)
            count += action is null ? 0 : 1;
        return count;
    }

    private static void CheckOne(int count, FieldPath path, FieldErrors errors)
    {
        if (count == 0)
            errors.Required(path, "must specify a handler type");
        else if (count > 1)
            errors.Forbidden(path, "may not specify more than 1 handler type");
    }

    private static void CheckActions(ExecAction? exec, HTTPGetAction? http, TCPSocketAction? tcp, FieldPath path, FieldErrors errors)
    {
        if (exec is { Command: not { Count: > 0 } })
            errors.Required(path.Child("exec", "command"));
        if (tcp is not null)
            PortRules.CheckNumberOrName(tcp.Port, path.Child("tcpSocket", "port"), errors);
        if (http is null)
            return;
        var httpPath = path.Child("httpGet");
        if (string.IsNullOrEmpty(http.Path))
            errors.Required(httpPath.Child("path"));
        PortRules.CheckNumberOrName(http.Port, httpPath.Child("port"), errors);
        if (http.Scheme is not ("HTTP" or "HTTPS"))
            errors.NotSupported(httpPath.Child("scheme"), http.Scheme, "HTTP", "HTTPS");
        foreach (var header in http.HttpHeaders ?? [])
        {
            if (!IsHeaderName(header.Name))
                errors.Invalid(httpPath.Child("httpHeaders"), header.Name,
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
        }
    }

    private static bool IsHeaderName(string? name) =>
        name is { Length: > 0 } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
}
