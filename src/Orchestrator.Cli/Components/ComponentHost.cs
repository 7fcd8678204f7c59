using Microsoft.Extensions.Logging;
using Orchestrator.Cli.Processes;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Orchestrator.Cli.Components;

/// <summary>What a component is given to run with.</summary>
internal sealed record ComponentContext(ILoggerFactory Loggers, ReadyNotifier Notify, TimeProvider Time)
{
    /// <summary>Random for spreading and ids; from the system, since a component outside a simulation need not repeat itself.</summary>
    public Random NewRandom() => new(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
}

/// <summary>The frame of every component process: pid file, log, readiness, and the last catch.</summary>
internal static class ComponentHost
{
    private const string Template = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    public static async Task<int> RunAsync(
        string name, ComponentSettings settings, Func<ComponentContext, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        using var only = settings.PidFile is { } pidFile ? ComponentProcess.TryClaim(pidFile) : null;
        if (settings.PidFile is not null && only is null)
            return AlreadyRuns(name);
        using var log = CreateLog(settings.LogLevel);
        using var loggers = new SerilogLoggerFactory(log);
        var notify = new ReadyNotifier(name);
        try
        {
            await run(new ComponentContext(loggers, notify, TimeProvider.System), cancellationToken);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Ok; // Asked to end.
        }
        catch (Exception exception)
        {
            // What says something of the world needs no stack trace to be understood, nor to be said twice at a terminal.
            var isExpected = Failures.IsExpected(exception);
            if (settings.IsDetached || !isExpected)
                log.Fatal(isExpected ? null : exception, "{Component} ends: {Reason}", name, exception.Message);
            notify.Failed(exception.Message);
            if (!settings.IsDetached)
                Console.Error.WriteLine($"orc {name}: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Whoever started the other one has died since; that one goes on and will be found by its pid file.</summary>
    private static int AlreadyRuns(string name)
    {
        new ReadyNotifier(name).Failed("it is just being started by somebody else; try again");
        return ExitCode.Failed;
    }

    private static Logger CreateLog(LogLevel level) =>
        new LoggerConfiguration()
            .MinimumLevel.Is(ToSerilog(level))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal) // What it logs, it throws as well.
            .WriteTo.Console(outputTemplate: Template, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}
