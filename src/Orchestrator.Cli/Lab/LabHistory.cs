using System.Text.Json.Serialization;
using Orchestrator.Storage.Retention;

namespace Orchestrator.Cli.Lab;

/// <summary>How much history a store keeps, as its user wrote it; null takes the default.</summary>
internal sealed record LabHistory(string? Age, string? Size)
{
    /// <exception cref="UserException">No duration, no size, or less than watches and long lists live on.</exception>
    [JsonIgnore]
    public RetentionPolicy Policy
    {
        get
        {
            var policy = new RetentionPolicy();
            if (Age is not null)
                policy = policy with { MaxAge = Durations.Parse(Age) };
            if (Size is not null)
                policy = policy with { MaxBytes = Sizes.ParseBytes(Size) };
            if (policy.MaxAge < policy.MinAge)
                throw new UserException($"--history-age must be at least {policy.MinAge.TotalMinutes:0}m: watches that break off and the pages of long lists live on it", ExitCode.Usage);
            return policy;
        }
    }
}
