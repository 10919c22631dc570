using Telecom.Runtime;

namespace Telecom.Host.Terminal;

/// <summary>Starts the runtime of a command; tests bring one of their own.</summary>
internal delegate Task<ITelecomRuntime> RuntimeStarter(
    RuntimeOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken);
