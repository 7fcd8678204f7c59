using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Cluster;

/// <summary>
/// Passes what a process logs on to a writer, if there is one, with step and time. An error is a failure of the run: components
/// log one when something happened that they were not built for. So is JSON that cannot be read: nothing here garbles any.
/// </summary>
internal sealed class SimulatedLoggers(SimulatedProcess process, Action<string>? write, LogLevel level) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the simulation has one log");

    public ILogger CreateLogger(string categoryName) => new Logger(process, write, level, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class Logger(SimulatedProcess process, Action<string>? write, LogLevel level, string category) : ILogger
    {
        /// <summary>What the client of a former leader says of a write that it did not send.</summary>
        private const string Fenced = "may not lead any more";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || (write is not null && logLevel >= level);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = formatter(state, exception);
            if (text.Contains(Fenced, StringComparison.Ordinal))
                process.Pump.Faults.Add(FaultKind.FencedWrite);
            if (logLevel >= level)
                write?.Invoke($"{process.Pump.Steps,8} {process.Pump.Now:mm\\:ss\\.ffffff} {process.Name,-14} {logLevel,-11} {category}: {text}{(exception is null ? "" : " | " + exception.Message)}");
            if (exception is JsonException || exception?.InnerException is JsonException)
                process.Pump.Fail("what arrives can be read", $"{process.Name}, {category}: {text}: {exception.Message}", exception);
            if (logLevel >= LogLevel.Error)
                process.Pump.Fail("no component logs an error", $"{process.Name}, {category}: {text}: {exception?.Message}", exception);
        }
    }
}
