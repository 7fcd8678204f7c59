namespace Orchestrator.Kubelet.Pods;

/// <summary>Whether a container that ended runs again: the pod's restart policy, or the container's own (KEP-5307).</summary>
internal static class RestartDecision
{
    public static bool ShouldRestart(Pod pod, PodContainer container, int exitCode)
    {
        switch (container.Kind)
        {
            case ContainerKind.Sidecar:
                return true;
            case ContainerKind.Ephemeral:
                return false;
            case ContainerKind.Init:
                // An init container that ended well is done; one that failed runs again unless the policy is Never.
                return exitCode != 0 && PolicyOf(pod, container) != PodSpecExtensions.RestartNever;
        }

        foreach (var rule in container.Spec.RestartPolicyRules ?? [])
        {
            if (rule.Action == "Restart" && Matches(rule.ExitCodes, exitCode))
                return true;
        }

        return PolicyOf(pod, container) switch
        {
            PodSpecExtensions.RestartNever => false,
            PodSpecExtensions.RestartOnFailure => exitCode != 0,
            _ => true,
        };
    }

    private static string PolicyOf(Pod pod, PodContainer container) => container.Spec.RestartPolicy ?? pod.RestartPolicyOf();

    private static bool Matches(ContainerRestartRuleOnExitCodes? codes, int exitCode)
    {
        if (codes is null)
            return false;
        var contains = codes.Values?.Contains(exitCode) ?? false;
        return codes.Operator == "NotIn" ? !contains : contains;
    }
}
