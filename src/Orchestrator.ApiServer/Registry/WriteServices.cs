using Orchestrator.ApiServer.Admission;

namespace Orchestrator.ApiServer.Registry;

/// <summary>What the write verbs share.</summary>
internal sealed record WriteServices(ObjectStore Objects, AdmissionChain Admission, TimeProvider Time, NameGenerator Names);

/// <summary>Outcome of a write.</summary>
/// <param name="Json">The object as it is sent.</param>
/// <param name="Code">200 or 201.</param>
internal readonly record struct WriteResult(byte[] Json, int Code);
