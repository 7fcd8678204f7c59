namespace Orchestrator.ApiServer.Admission;

/// <summary>
/// Accepts or refuses writes after mutation and validation. Changes nothing. For updates it runs inside the compare-and-swap
/// loop, so it may be asked again with a newer old object. Called concurrently.
/// </summary>
public interface IValidatingAdmission
{
    /// <summary>As in Kubernetes, e.g. "NodeRestriction"; occurs in messages and metrics.</summary>
    string Name { get; }

    /// <summary>Cheap test before anything else is prepared.</summary>
    bool Handles(AdmissionAttributes attributes);

    /// <exception cref="Api.Errors.ApiException">The write is refused.</exception>
    ValueTask ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken);
}
