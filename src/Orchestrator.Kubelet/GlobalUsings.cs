global using Microsoft.Extensions.Logging;
global using Orchestrator.Api;
global using Orchestrator.Api.Core.V1;
global using Orchestrator.Api.Meta.V1;
global using Orchestrator.Client;
global using Cri = Orchestrator.Runtime.Cri;
