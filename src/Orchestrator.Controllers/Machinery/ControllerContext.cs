using Microsoft.Extensions.Logging;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Metadata;

namespace Orchestrator.Controllers.Machinery;

/// <summary>What every controller of a process shares.</summary>
/// <param name="Client">Notes writes for the read-your-writes guard.</param>
/// <param name="Random">Used under a lock on itself.</param>
internal sealed record ControllerContext(
    IApiClient Client, IMetadataClient Metadata, InformerFactory Informers, EventWriter Events, ControllerManagerOptions Options,
    TimeProvider Time, Random Random, ILoggerFactory Loggers);
