using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks security contexts of pods and containers.</summary>
internal static class SecurityRules
{
    private static readonly string[] ProfileTypes = ["Localhost", "RuntimeDefault", "Unconfined"];

    public static void CheckPod(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.SecurityContext is not { } security)
            return;
        NumberRules.CheckId(security.RunAsUser, path.Child("runAsUser"), errors);
        NumberRules.CheckId(security.RunAsGroup, path.Child("runAsGroup"), errors);
        NumberRules.CheckId(security.FsGroup, path.Child("fsGroup"), errors);
        for (var i = 0; i < security.SupplementalGroups?.Count; i++)
            NumberRules.CheckId(security.SupplementalGroups[i], path.Child("supplementalGroups").Index(i), errors);
        if (security.FsGroupChangePolicy is { } change && change is not ("Always" or "OnRootMismatch"))
            errors.NotSupported(path.Child("fsGroupChangePolicy"), change, "Always", "OnRootMismatch");
        if (security.SupplementalGroupsPolicy is { } groups && groups is not ("Merge" or "Strict"))
            errors.NotSupported(path.Child("supplementalGroupsPolicy"), groups, "Merge", "Strict");
        CheckProfile(security.SeccompProfile?.Type, security.SeccompProfile?.LocalhostProfile, path.Child("seccompProfile"), errors, security.SeccompProfile is not null);
        CheckProfile(security.AppArmorProfile?.Type, security.AppArmorProfile?.LocalhostProfile, path.Child("appArmorProfile"), errors, security.AppArmorProfile is not null);
        CheckSysctls(security.Sysctls, path.Child("sysctls"), errors);
    }

    public static void CheckContainer(SecurityContext? security, FieldPath path, FieldErrors errors)
    {
        if (security is null)
            return;
        NumberRules.CheckId(security.RunAsUser, path.Child("runAsUser"), errors);
        NumberRules.CheckId(security.RunAsGroup, path.Child("runAsGroup"), errors);
        if (security.ProcMount is { } procMount && procMount is not ("Default" or "Unmasked"))
            errors.NotSupported(path.Child("procMount"), procMount, "Default", "Unmasked");
        if (security is { AllowPrivilegeEscalation: false, Privileged: true })
            errors.Invalid(path, "", "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        if (security.AllowPrivilegeEscalation == false && security.Capabilities?.Add?.Any(one => one is "CAP_SYS_ADMIN") == true)
            errors.Invalid(path, "", "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        CheckProfile(security.SeccompProfile?.Type, security.SeccompProfile?.LocalhostProfile, path.Child("seccompProfile"), errors, security.SeccompProfile is not null);
        CheckProfile(security.AppArmorProfile?.Type, security.AppArmorProfile?.LocalhostProfile, path.Child("appArmorProfile"), errors, security.AppArmorProfile is not null);
    }

    private static void CheckProfile(string? type, string? file, FieldPath path, FieldErrors errors, bool present)
    {
        if (!present)
            return;
        if (string.IsNullOrEmpty(type))
            errors.Required(path.Child("type"), "type is required when profile is set");
        else if (!ProfileTypes.Contains(type))
            errors.NotSupported(path.Child("type"), type, ProfileTypes);
        else if (type == "Localhost" && string.IsNullOrEmpty(file))
            errors.Required(path.Child("localhostProfile"), "must be set when profile type is Localhost");
        else if (type != "Localhost" && file is not null)
            errors.Invalid(path.Child("localhostProfile"), file, "can only be set when profile type is Localhost");
        VolumeRules.CheckLocalPath(file, path.Child("localhostProfile"), errors);
    }

    private static void CheckSysctls(IReadOnlyList<Sysctl>? sysctls, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < sysctls?.Count; i++)
        {
            var name = sysctls[i].Name;
            if (string.IsNullOrEmpty(name))
                errors.Required(path.Index(i).Child("name"));
            else if (name.Length > 253 || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-' or '_' or '/'))
                errors.Invalid(path.Index(i).Child("name"), name, "must have at most 253 characters and match regex "
                    + "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            else if (!names.Add(name.Replace('/', '.')))
                errors.Duplicate(path.Index(i).Child("name"), name);
        }
    }
}
