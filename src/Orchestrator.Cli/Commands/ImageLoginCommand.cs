using System.CommandLine;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image login</c>: keeps a user name and password for a registry.</summary>
internal static class ImageLoginCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var registry = new Argument<string>("registry") { Description = "Host and port, e.g. docker.io or registry.example.com:5000" };
        var user = new Option<string?>("--username", "-u") { Description = "User name" };
        var password = new Option<string?>("--password", "-p") { Description = "Password (better: --password-stdin)" };
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from standard input" };
        var forget = new Option<bool>("--forget") { Description = "Forget the login instead" };
        var command = new Command("login", "Keep a login to a registry, for pulls and pushes on this machine") { registry, user, password, fromInput, forget };
        images.AddTo(command);
        command.SetAction(parsed =>
        {
            var logins = images.Open(parsed).Logins;
            var host = parsed.GetValue(registry)!;
            if (parsed.GetValue(forget))
            {
                Console.Out.WriteLine(logins.Remove(host) ? $"Forgot the login to {host}" : $"There is no login to {host}");
                return ExitCode.Ok;
            }

            var secret = parsed.GetValue(fromInput) ? Console.In.ReadToEnd().TrimEnd('\r', '\n') : parsed.GetValue(password);
            if (parsed.GetValue(user) is not { Length: > 0 } name || string.IsNullOrEmpty(secret))
                throw new UserException("a login needs --username and --password-stdin (or --password)", ExitCode.Usage);
            logins.Set(host, name, secret);
            Console.Out.WriteLine($"Login to {host} kept; it is used from the next pull or push on");
            return ExitCode.Ok;
        });
        return command;
    }
}
