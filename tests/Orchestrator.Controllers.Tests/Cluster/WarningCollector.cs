using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Controllers.Tests.Cluster;

/// <summary>Keeps what was logged as warning or worse, so that a test can fail on it.</summary>
internal sealed class WarningCollector : ILoggerFactory
{
    private readonly ConcurrentQueue<string> messages = new();

    public IReadOnlyCollection<string> Messages => messages;

    public ILogger CreateLogger(string categoryName) => new Collector(messages, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Collector(ConcurrentQueue<string> messages, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                messages.Enqueue($"{category}: {formatter(state, exception)} {exception}");
        }
    }
}
